package dev.temper.trainers.preference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;

/**
 * The hinge loss on implicit rewards.
 *
 * <p>Source: RSO, arXiv:2309.06657, hinge-norm, after SLiC, arXiv:2305.10425.
 *
 * <pre>loss = max(0, 1 - margin)</pre>
 */
final class HingeLoss implements MarginLoss {

  @Override
  public NDArray perPair(NDArray margin) {
    NDArray missing = margin.onesLike().sub(margin);
    return NDArrays.maximum(missing, margin.zerosLike());
  }
}
