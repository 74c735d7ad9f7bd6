package dev.temper.trainers.loss;

import ai.djl.ndarray.NDArray;

/**
 * The plain policy gradient (REINFORCE): no ratio, no clipping.
 *
 * <p>Source: Williams (1992), the REINFORCE estimator, for each token. The source maximizes; this
 * is the negative.
 *
 * <pre>loss[b,t] = -A[b,t] * logp[b,t]</pre>
 *
 * <p>Its value has no meaning, its gradient does. It corrects for no policy drift: with several
 * optimizer steps per rollout batch the later ones are off-policy.
 */
final class PolicyGradientLoss implements TokenLoss {

  @Override
  public Terms perToken(TokenBatch batch, NDArray ratio) {
    return new Terms(batch.advantage().mul(batch.logp()).neg(), ratio.zerosLike().neq(0));
  }
}
