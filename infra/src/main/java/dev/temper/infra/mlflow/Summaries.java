package dev.temper.infra.mlflow;

import dev.temper.infra.run.StageRecord;
import java.util.TreeMap;

/**
 * The final numbers of a stage, apart from its series: they may be over more than the last step.
 */
final class Summaries {

  static final String PREFIX = "summary/";

  private Summaries() {}

  /** One value of each name, at the last step. */
  static Journal.Line of(StageRecord stage, long time) {
    return new Journal.Line(stage.steps(), time, new TreeMap<>(stage.metrics()));
  }
}
