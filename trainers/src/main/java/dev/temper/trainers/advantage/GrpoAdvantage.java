package dev.temper.trainers.advantage;

import dev.temper.trainers.registry.Parameter;

/**
 * The reward standardized within its group.
 *
 * <p>Source: GRPO, arXiv:2402.03300, outcome supervision. The paper does not say which deviation;
 * this is the sample deviation ({@code K - 1}), as in the common implementations.
 *
 * <pre>A[i] = (r[i] - mean) / (std + epsilon),  K >= 2</pre>
 */
final class GrpoAdvantage implements GroupAdvantage {

  static final Parameter EPSILON = Parameter.atLeast("epsilon", 1e-4, 0);

  private final double epsilon;

  GrpoAdvantage(double epsilon) {
    this.epsilon = epsilon;
  }

  @Override
  public double[] compute(double[] rewards) {
    double mean = Rewards.mean(rewards);
    double scale = Rewards.sampleDeviation(rewards) + epsilon;
    double[] advantages = Rewards.minus(rewards, mean);
    for (int i = 0; i < advantages.length; i++) {
      advantages[i] /= scale;
    }
    return advantages;
  }
}
