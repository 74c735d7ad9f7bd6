package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;

/**
 * One tensor that an optimizer changes in place.
 *
 * @param name by which its state is saved
 */
record Trainable(String name, NDArray value) {

  /** Weight decay is for these. */
  boolean matrix() {
    return value.getShape().dimension() == 2;
  }
}
