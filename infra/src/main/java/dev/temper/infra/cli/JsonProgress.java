package dev.temper.infra.cli;

import dev.temper.infra.run.RunListener;
import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import java.util.Map;

/** Progress for programs: {@code stage}, {@code progress} and {@code note} objects. */
final class JsonProgress implements RunListener {

  private final JsonLines lines;

  JsonProgress(JsonLines lines) {
    this.lines = lines;
  }

  @Override
  public synchronized void changed(StageRecord stage) {
    lines.print("stage", stage);
  }

  @Override
  public synchronized void progressed(ShownProgress progress) {
    lines.print("progress", progress);
  }

  @Override
  public synchronized void noted(String stage, String note) {
    lines.print("note", Map.of("stage", stage, "note", note));
  }
}
