package dev.temper.activities;

import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** Follows a run whose folder cannot take how an attempt ended. */
record FullDiskTracker(RunTracker tracker) implements RunTracker {

  @Override
  public Path folder(String run, String stage) throws IOException {
    return tracker.folder(run, stage);
  }

  @Override
  public void started(String run, String stage, StageProgress progress) {
    tracker.started(run, stage, progress);
  }

  @Override
  public void progress(String run, String stage, StageProgress progress) {
    tracker.progress(run, stage, progress);
  }

  @Override
  public void metrics(String run, String stage, long step, Map<String, Double> metrics) {
    tracker.metrics(run, stage, step, metrics);
  }

  @Override
  public void committed(String run, String stage, long step) {
    tracker.committed(run, stage, step);
  }

  @Override
  public void note(String run, String stage, String note) {
    tracker.note(run, stage, note);
  }

  @Override
  public void finished(String run, StageResult result) {
    tracker.finished(run, result);
  }

  @Override
  public void failed(String run, String stage, StageEnd end) {
    tracker.failed(run, stage, end);
    throw new UncheckedIOException(new IOException("No space left on device"));
  }
}
