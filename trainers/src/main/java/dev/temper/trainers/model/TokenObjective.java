package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;

/**
 * A loss on the log-probabilities of one micro-batch.
 *
 * <p>Losses of the micro-batches of one optimizer step are summed, so whatever normalizes (tokens,
 * sequences) is taken over the whole batch beforehand.
 */
@FunctionalInterface
public interface TokenObjective {

  /**
   * Called on a compute thread while gradients are recorded. Products and quotients with plain
   * numbers go through {@link Scalars}; what {@link NDArray#toType} gives has no gradient.
   *
   * @param microBatch index of the micro-batch
   * @param logProbs {@code [B, T]}, completion tokens of its sequences in order, right-padded with
   *     0
   * @param mask {@code [B, T]}, 1 where there is a token
   */
  Loss compute(int microBatch, NDArray logProbs, NDArray mask);
}
