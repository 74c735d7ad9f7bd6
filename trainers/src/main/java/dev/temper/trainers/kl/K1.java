package dev.temper.trainers.kl;

import ai.djl.ndarray.NDArray;

/**
 * The log-ratio itself: unbiased, of either sign, with the largest variance.
 *
 * <p>Source: Schulman, "Approximating KL Divergence" (2020), k1, for samples of the policy.
 *
 * <pre>k1 = r,  r = logp - refLogp</pre>
 */
final class K1 implements KlEstimator {

  @Override
  public NDArray perToken(NDArray logp, NDArray refLogp, NDArray mask) {
    return Masked.zeroed(logp.sub(refLogp), mask);
  }

  @Override
  public double perToken(double logp, double refLogp) {
    return logp - refLogp;
  }
}
