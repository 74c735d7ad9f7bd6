package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;

/** A loss on the scores that a reward model gives to the sequences of one micro-batch. */
@FunctionalInterface
public interface ScoreObjective {

  /**
   * Called on a compute thread while gradients are recorded. Products and quotients with plain
   * numbers go through {@link Scalars}; what {@link NDArray#toType} gives has no gradient.
   *
   * @param scores {@code [B]}, raw scores of the micro-batch's sequences in order
   */
  Loss compute(int microBatch, NDArray scores);
}
