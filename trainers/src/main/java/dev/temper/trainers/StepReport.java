package dev.temper.trainers;

import java.util.Map;

/**
 * What one step has to say.
 *
 * @param metrics by name, for example {@code train/loss}; empty where a step logs nothing
 */
public record StepReport(Map<String, Double> metrics) {
  public StepReport {
    metrics = Map.copyOf(metrics);
  }
}
