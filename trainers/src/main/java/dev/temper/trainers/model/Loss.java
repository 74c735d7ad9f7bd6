package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * A scalar to minimize, and what to report about it.
 *
 * @param value scalar, part of the sum over micro-batches
 * @param metrics by name; parts of sums over micro-batches as well
 */
public record Loss(NDArray value, Map<String, Double> metrics) {
  public Loss {
    metrics = Map.copyOf(metrics);
  }
}
