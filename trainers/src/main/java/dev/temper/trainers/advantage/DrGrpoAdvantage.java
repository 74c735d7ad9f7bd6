package dev.temper.trainers.advantage;

/**
 * The reward less the mean of its group, not divided by the deviation.
 *
 * <p>Source: Dr. GRPO, arXiv:2503.20783. {@code K / (K - 1)} times this is RLOO's advantage.
 *
 * <pre>A[i] = r[i] - mean</pre>
 */
final class DrGrpoAdvantage implements GroupAdvantage {

  @Override
  public double[] compute(double[] rewards) {
    return Rewards.minus(rewards, Rewards.mean(rewards));
  }
}
