package dev.temper.infra.run;

import java.util.Map;
import java.util.TreeMap;

/**
 * How far a stage is, for whoever looks on.
 *
 * @param step steps finished
 * @param totalSteps steps in all
 * @param stepsPerSecond over the last steps; 0 while unknown
 * @param time ISO 8601
 * @param metrics newest logged value by name
 */
public record ShownProgress(
    String stage,
    String kind,
    long step,
    long totalSteps,
    double stepsPerSecond,
    String time,
    Map<String, Double> metrics) {

  public ShownProgress {
    metrics = java.util.Collections.unmodifiableMap(new TreeMap<>(metrics));
  }

  /** Seconds that the rest will take; empty while the rate is unknown. */
  public java.util.OptionalDouble secondsLeft() {
    return stepsPerSecond > 0
        ? java.util.OptionalDouble.of((totalSteps - step) / stepsPerSecond)
        : java.util.OptionalDouble.empty();
  }
}
