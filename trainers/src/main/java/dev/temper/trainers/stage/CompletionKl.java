package dev.temper.trainers.stage;

import dev.temper.trainers.kl.KlEstimators;
import dev.temper.trainers.kl.KlPenalty;
import java.util.List;

/**
 * An estimate of KL(policy to reference) for every completion, in nats: the sum of a token
 * estimator over the completion, whose tokens were sampled from the policy.
 */
final class CompletionKl {
  private CompletionKl() {}

  /**
   * One sum per completion.
   *
   * @param estimator {@code k1}, {@code k2} or {@code k3}
   * @param policy log-probabilities of its tokens, by completion
   * @param reference the same under the reference
   */
  static double[] sums(String estimator, List<float[]> policy, List<float[]> reference) {
    KlPenalty penalty = new KlPenalty(KlEstimators.create(estimator), "sum", 0);
    double[] sums = new double[policy.size()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = penalty.divergence(policy.get(i), reference.get(i));
    }
    return sums;
  }
}
