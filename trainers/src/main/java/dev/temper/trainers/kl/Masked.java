package dev.temper.trainers.kl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;

/** Arrays that are exactly 0 where there is no token. */
public final class Masked {

  private Masked() {}

  /**
   * {@code values} where {@code mask} is not 0, and 0 elsewhere. It selects instead of multiplying:
   * an infinity or a NaN at a padded position changes neither the value nor the gradient.
   *
   * @param values any shape
   * @param mask same shape
   */
  public static NDArray zeroed(NDArray values, NDArray mask) {
    return NDArrays.where(mask.neq(0), values, values.zerosLike());
  }
}
