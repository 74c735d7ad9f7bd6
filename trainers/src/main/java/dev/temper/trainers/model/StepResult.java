package dev.temper.trainers.model;

import java.util.Map;

/**
 * One optimizer step.
 *
 * @param loss before the update, summed over micro-batches
 * @param gradientNorm global L2 norm before clipping
 * @param metrics sums over micro-batches
 */
public record StepResult(double loss, double gradientNorm, Map<String, Double> metrics) {
  public StepResult {
    metrics = Map.copyOf(metrics);
  }
}
