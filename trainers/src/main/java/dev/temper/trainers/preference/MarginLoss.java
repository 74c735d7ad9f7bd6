package dev.temper.trainers.preference;

import ai.djl.ndarray.NDArray;

/** A loss that knows of a pair only by how much its implicit rewards differ. */
@FunctionalInterface
interface MarginLoss {

  /**
   * The loss of each pair, {@code [pairs]}.
   *
   * @param margin {@code [pairs]}, reward of the chosen minus that of the rejected completion
   */
  NDArray perPair(NDArray margin);
}
