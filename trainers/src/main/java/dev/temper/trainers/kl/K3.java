package dev.temper.trainers.kl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import dev.temper.trainers.model.Scalars;

/**
 * The log-ratio with a control variate: unbiased and never negative.
 *
 * <p>Source: Schulman, "Approximating KL Divergence" (2020), k3, for samples of the policy; eq. (4)
 * of DeepSeekMath, arXiv:2402.03300.
 *
 * <pre>k3 = (exp(-r) - 1) + r,  r = logp - refLogp clamped to [-20, 20]</pre>
 *
 * <p>Computed in double precision with {@code exp(x) - 1 = 2 sinh(x/2) exp(x/2)}: near 0 the plain
 * form in float32 loses every digit, and its sign. The clamp keeps exp from overflowing; beyond it
 * the gradient is 0.
 */
final class K3 implements KlEstimator {

  /** exp(20) is 4.9e8. */
  private static final double LARGEST_LOG_RATIO = 20;

  @Override
  public NDArray perToken(NDArray logp, NDArray refLogp, NDArray mask) {
    NDArray r =
        cast(Masked.zeroed(logp.sub(refLogp), mask), DataType.FLOAT64)
            .clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO);
    NDArray half = Scalars.times(r, -0.5);
    NDArray expMinusOne = Scalars.times(half.sinh().mul(half.exp()), 2);
    return cast(expMinusOne.add(r), logp.getDataType());
  }

  /** Differentiable, which {@link NDArray#toType} is not: it gives a constant. */
  private static NDArray cast(NDArray values, DataType type) {
    return values.getManager().zeros(values.getShape(), type).addi(values);
  }

  @Override
  public double perToken(double logp, double refLogp) {
    double r = Math.min(LARGEST_LOG_RATIO, Math.max(-LARGEST_LOG_RATIO, logp - refLogp));
    return Math.expm1(-r) + r;
  }
}
