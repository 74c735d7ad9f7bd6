package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;

/** Arithmetic with plain numbers that may be differentiated. */
public final class Scalars {

  private Scalars() {}

  /**
   * {@code values * factor}.
   *
   * <p>For losses, instead of {@link NDArray#mul(Number)}: that makes a tensor of the number in
   * memory of the JVM and gives the memory up at once, while the gradient still reads it. Here the
   * tensor lives as long as the manager of {@code values}.
   */
  public static NDArray times(NDArray values, double factor) {
    return values.mul(values.getManager().create(factor));
  }
}
