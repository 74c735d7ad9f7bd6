package dev.temper.activities;

import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A run folder, and a list of all that was told. */
record FolderTracker(Path home, List<String> told) implements RunTracker {

  FolderTracker(Path home) {
    this(home, new CopyOnWriteArrayList<>());
  }

  @Override
  public Path folder(String run, String stage) throws IOException {
    return Files.createDirectories(
        home.resolve("runs").resolve(run).resolve("stages").resolve(stage));
  }

  @Override
  public void started(String run, String stage, StageProgress progress) {
    told.add("started %s %s at %d".formatted(run, stage, progress.step()));
  }

  @Override
  public void progress(String run, String stage, StageProgress progress) {}

  @Override
  public void metrics(String run, String stage, long step, Map<String, Double> metrics) {}

  @Override
  public void committed(String run, String stage, long step) {
    told.add("committed %s %s %d".formatted(run, stage, step));
  }

  @Override
  public void note(String run, String stage, String note) {
    told.add("note %s %s %s".formatted(run, stage, note));
  }

  @Override
  public void finished(String run, StageResult result) {
    told.add("finished %s %s cached=%s".formatted(run, result.stage(), result.cached()));
  }

  @Override
  public void failed(String run, String stage, StageEnd end) {
    told.add("failed %s %s %s last=%s".formatted(run, stage, end.type(), end.last()));
  }
}
