package dev.temper.trainers.kl;

import dev.temper.recipes.KlSpec;
import dev.temper.recipes.NearestName;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * KL in the reward: what a completion's reward loses for its distance to the reference.
 *
 * <p>Source: InstructGPT, arXiv:2203.02155, eq. (2), at the level of whole completions as in RLOO,
 * arXiv:2402.14740.
 *
 * <pre>
 *   divergence = sum_t kl[t]                (scale sum)
 *              = sum_t kl[t] / tokens       (scale token-mean)
 *   reward'    = reward - beta * divergence
 * </pre>
 *
 * <p>A beta does not carry over from one scale to the other: they differ by the length. A
 * completion without tokens diverges by 0.
 */
public final class KlPenalty {

  /** Divisor by tokens. */
  private static final Map<String, IntToDoubleFunction> SCALES =
      Map.of("sum", tokens -> 1, "token-mean", tokens -> Math.max(1, tokens));

  private final KlEstimator estimator;
  private final IntToDoubleFunction divisor;
  private final double beta;

  /**
   * @param scale {@code sum} or {@code token-mean}
   * @param beta reward per nat, 0 or more
   */
  public KlPenalty(KlEstimator estimator, String scale, double beta) {
    if (!SCALES.containsKey(scale)) {
      throw new IllegalArgumentException(
          "kl scale must be one of [sum, token-mean], got '%s'%s"
              .formatted(
                  scale,
                  NearestName.of(scale, SCALES.keySet())
                      .map(" (did you mean %s?)"::formatted)
                      .orElse("")));
    }
    if (!(beta >= 0 && beta < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("kl beta must be a number, at least 0, got " + beta);
    }
    this.estimator = estimator;
    this.divisor = SCALES.get(scale);
    this.beta = beta;
  }

  public static KlPenalty of(KlSpec spec) {
    return new KlPenalty(KlEstimators.create(spec.estimator()), spec.scale(), spec.beta());
  }

  /**
   * Estimated divergence of one completion, in nats (per token with scale {@code token-mean}).
   *
   * @param logp log-probability of each completion token under the policy that sampled it
   * @param refLogp the same under the reference
   */
  public double divergence(float[] logp, float[] refLogp) {
    if (logp.length != refLogp.length) {
      throw new IllegalArgumentException(
          "logp and refLogp must have the same length, got %d and %d"
              .formatted(logp.length, refLogp.length));
    }
    double sum = 0;
    for (int t = 0; t < logp.length; t++) {
      sum += estimator.perToken(logp[t], refLogp[t]);
    }
    return sum / divisor.applyAsDouble(logp.length);
  }

  /** The reward after the penalty for {@code divergence}. */
  public double shaped(double reward, double divergence) {
    return reward - beta * divergence;
  }
}
