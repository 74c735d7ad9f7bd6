package dev.temper.trainers.kl;

import ai.djl.ndarray.NDArray;

/**
 * An estimate of KL(policy || reference) from one token that the policy sampled, in nats.
 *
 * <p>All are functions of {@code r = logp - refLogp}, positive where the policy likes the token
 * more than the reference does. As a loss they differ in gradient, too: over samples of the policy
 * k1's is 0 in expectation, k2's is that of KL(policy || reference), k3's that of KL(reference ||
 * policy).
 */
public interface KlEstimator {

  /**
   * Per token, differentiable in {@code logp}.
   *
   * @param logp {@code [B, T]}, log-probabilities under the policy, in nats
   * @param refLogp {@code [B, T]}, under the reference
   * @param mask {@code [B, T]}, 0 where there is no token; what stands there never matters
   * @return {@code [B, T]}, nats, 0 where there is no token
   */
  NDArray perToken(NDArray logp, NDArray refLogp, NDArray mask);

  /** The same for one token in double precision. */
  double perToken(double logp, double refLogp);
}
