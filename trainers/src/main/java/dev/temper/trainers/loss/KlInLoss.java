package dev.temper.trainers.loss;

import ai.djl.ndarray.NDArray;
import dev.temper.trainers.kl.KlEstimator;
import java.util.Optional;

/**
 * KL in the loss: adds {@code klBeta * kl[b,t]} to a token's loss.
 *
 * <p>Source: GRPO, arXiv:2402.03300, eq. (3), which uses k3. What is descended is not always KL:
 * see {@link KlEstimator} for the gradient of each estimator.
 *
 * @param beta loss per nat; at 0 the reference is not looked at
 */
record KlInLoss(KlEstimator estimator, double beta) {

  /** {@code [B, T]} in nats, or empty at beta 0. */
  Optional<NDArray> perToken(TokenBatch batch) {
    if (beta == 0) {
      return Optional.empty();
    }
    NDArray refLogp =
        batch
            .refLogp()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "klBeta is %s, so the batch must have refLogp".formatted(beta)));
    return Optional.of(estimator.perToken(batch.logp(), refLogp, batch.mask()));
  }
}
