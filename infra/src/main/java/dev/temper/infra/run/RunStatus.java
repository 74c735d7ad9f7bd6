package dev.temper.infra.run;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/** How far a run or a stage is. */
public enum RunStatus {
  PENDING("pending"),
  BLOCKED("blocked"),
  RUNNING("running"),
  PAUSED("paused"),
  FINISHED("finished"),
  FAILED("failed"),
  CANCELLED("cancelled"),
  STOPPED_BY_RULE("stopped-by-rule");

  private final String text;

  RunStatus(String text) {
    this.text = text;
  }

  /** As it stands in run.json. */
  @JsonValue
  public String text() {
    return text;
  }

  /** The inverse of {@link #text()}. */
  @JsonCreator
  public static RunStatus parse(String text) {
    return Arrays.stream(values())
        .filter(status -> status.text.equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("status is unknown: " + text));
  }
}
