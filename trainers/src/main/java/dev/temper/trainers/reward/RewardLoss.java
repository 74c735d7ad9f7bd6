package dev.temper.trainers.reward;

import ai.djl.ndarray.NDArray;
import dev.temper.trainers.model.Loss;

/** A loss that makes a reward model score the chosen completion above the rejected one. */
@FunctionalInterface
public interface RewardLoss {

  /**
   * The part of the loss that these pairs add to the sum over the whole batch.
   *
   * @param chosen {@code [pairs]}, raw scores
   * @param rejected {@code [pairs]}
   * @param weightPerPair usually {@code 1 / pairs of the whole batch}
   */
  Loss compute(NDArray chosen, NDArray rejected, double weightPerPair);
}
