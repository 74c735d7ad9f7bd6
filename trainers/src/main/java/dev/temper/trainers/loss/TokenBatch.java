package dev.temper.trainers.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import dev.temper.trainers.kl.Masked;
import java.util.Optional;

/**
 * One micro-batch of sampled tokens. All arrays are {@code [B, T]}, of one floating type; what
 * stands where there is no token never matters.
 *
 * @param logp log-probabilities under the policy being trained, in nats; the loss is differentiated
 *     by them
 * @param oldLogp under the policy as it was when the rollout batch was scored
 * @param refLogp under the reference, for KL in the loss
 * @param advantage of each token (that of its completion, repeated)
 * @param mask 1 where there is a completion token, otherwise 0
 * @param weights of each token in the loss, over the whole batch: see {@link Aggregation}
 * @param tokenWeights {@code mask / tokens of the whole batch}: what metrics are averaged with
 */
public record TokenBatch(
    NDArray logp,
    NDArray oldLogp,
    Optional<NDArray> refLogp,
    NDArray advantage,
    NDArray mask,
    NDArray weights,
    NDArray tokenWeights) {

  public TokenBatch {
    Shape shape = mask.getShape();
    if (shape.dimension() != 2) {
      throw new IllegalArgumentException("TokenBatch.mask must have shape [B, T], got " + shape);
    }
    requireShape("logp", logp, shape);
    requireShape("oldLogp", oldLogp, shape);
    refLogp.ifPresent(array -> requireShape("refLogp", array, shape));
    requireShape("advantage", advantage, shape);
    requireShape("weights", weights, shape);
    requireShape("tokenWeights", tokenWeights, shape);
  }

  private static void requireShape(String name, NDArray array, Shape shape) {
    if (!array.getShape().equals(shape)) {
      throw new IllegalArgumentException(
          "TokenBatch.%s must have shape %s, got %s".formatted(name, shape, array.getShape()));
    }
  }

  /**
   * The same batch with exact zeros where there is no token; {@code refLogp} is left to the KL
   * estimator, which masks by itself.
   */
  TokenBatch masked() {
    return new TokenBatch(
        Masked.zeroed(logp, mask),
        Masked.zeroed(oldLogp, mask),
        refLogp,
        Masked.zeroed(advantage, mask),
        mask,
        Masked.zeroed(weights, mask),
        Masked.zeroed(tokenWeights, mask));
  }
}
