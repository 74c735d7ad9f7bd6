package dev.temper.trainers.kl;

import ai.djl.ndarray.NDArray;
import dev.temper.trainers.model.Scalars;

/**
 * Half the squared log-ratio: never negative, biased in value, with the gradient of KL(policy ||
 * reference).
 *
 * <p>Source: Schulman, "Approximating KL Divergence" (2020), k2.
 *
 * <pre>k2 = r^2 / 2,  r = logp - refLogp</pre>
 */
final class K2 implements KlEstimator {

  @Override
  public NDArray perToken(NDArray logp, NDArray refLogp, NDArray mask) {
    return Scalars.times(Masked.zeroed(logp.sub(refLogp), mask).square(), 0.5);
  }

  @Override
  public double perToken(double logp, double refLogp) {
    double r = logp - refLogp;
    return r * r / 2;
  }
}
