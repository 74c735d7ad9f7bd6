package dev.temper.workflows;

import dev.temper.recipes.Stage;
import io.temporal.failure.ApplicationFailure;

/** Whether a result is good enough for the stages after it. */
final class Gates {

  private Gates() {}

  /** Throws {@code GateNotMet}, which no retry can mend, unless the gate's metric is in range. */
  static void check(Stage stage, StageResult result) {
    stage.gate().ifPresent(gate -> check(stage.name(), gate, result));
  }

  private static void check(String stage, Stage.Gate gate, StageResult result) {
    Double value = result.metrics().get(gate.metric());
    if (value == null) {
      throw ApplicationFailure.newNonRetryableFailure(
          "gate of stage '%s' must name one of %s, got '%s'"
              .formatted(stage, result.metrics().keySet(), gate.metric()),
          "InvalidSpec");
    }
    // Negated, so that NaN passes no gate.
    boolean low = gate.min().isPresent() && !(value >= gate.min().get());
    boolean high = gate.max().isPresent() && !(value <= gate.max().get());
    if (low || high) {
      throw ApplicationFailure.newNonRetryableFailure(
          "gate of stage '%s' was not met: %s must be %s %s, got %s"
              .formatted(
                  stage,
                  gate.metric(),
                  low ? "at least" : "at most",
                  low ? gate.min().get() : gate.max().get(),
                  value),
          "GateNotMet");
    }
  }
}
