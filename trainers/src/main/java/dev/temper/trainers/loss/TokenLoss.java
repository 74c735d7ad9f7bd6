package dev.temper.trainers.loss;

import ai.djl.ndarray.NDArray;

/** The formula of a policy loss for each token, before aggregation and KL. */
@FunctionalInterface
interface TokenLoss {

  /**
   * @param batch already masked: zeros where there is no token
   * @param ratio {@code [B, T]}, {@code exp(logp - oldLogp)}, 1 where there is no token
   */
  Terms perToken(TokenBatch batch, NDArray ratio);

  /**
   * Per token.
   *
   * @param loss {@code [B, T]}, to minimize
   * @param clipped {@code [B, T]}, booleans: whether clipping has made the token's gradient 0
   */
  record Terms(NDArray loss, NDArray clipped) {}
}
