package dev.temper.infra.mlflow;

import dev.temper.activities.RunTracker;
import dev.temper.activities.StageFailures;
import dev.temper.activities.StageProgress;
import dev.temper.infra.run.RunFolder;
import dev.temper.workflows.StageResult;
import java.nio.file.Path;
import java.util.Map;

/** Follows a run and does nothing. */
record SilentTracker(RunFolder run) implements RunTracker {

  static final StageProgress PROGRESS =
      new StageProgress("pretrain", 1, 0, 1, 0, 0, StageFailures.NONE);

  @Override
  public Path folder(String name, String stage) {
    return run.stage(stage);
  }

  @Override
  public void started(String name, String stage, StageProgress progress) {}

  @Override
  public void progress(String name, String stage, StageProgress progress) {}

  @Override
  public void metrics(String name, String stage, long step, Map<String, Double> metrics) {}

  @Override
  public void note(String name, String stage, String note) {}

  @Override
  public void finished(String name, StageResult result) {}

  @Override
  public void failed(String name, String stage, StageEnd end) {}
}
