package dev.temper.trainers.advantage;

/**
 * REINFORCE leave-one-out: the baseline is the mean of the other completions of the prompt.
 *
 * <p>Source: RLOO, arXiv:2402.14740; Kool et al. (2019).
 *
 * <pre>A[i] = r[i] - (1 / (K - 1)) sum_{j != i} r[j],  K >= 2</pre>
 *
 * <p>The baseline does not depend on the completion itself, so the gradient is unbiased.
 */
final class RlooAdvantage implements GroupAdvantage {

  @Override
  public double[] compute(double[] rewards) {
    double sum = Rewards.sum(rewards);
    double[] advantages = new double[rewards.length];
    for (int i = 0; i < rewards.length; i++) {
      advantages[i] = rewards[i] - (sum - rewards[i]) / (rewards.length - 1);
    }
    return advantages;
  }
}
