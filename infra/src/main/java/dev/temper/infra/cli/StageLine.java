package dev.temper.infra.cli;

import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One stage in one line. */
final class StageLine {

  private final int nameWidth;

  StageLine(List<String> names) {
    this.nameWidth = names.stream().mapToInt(String::length).max().orElse(0);
  }

  /** A stage that waits, ended or is about to make its first step. */
  String text(StageRecord stage) {
    List<String> parts = new ArrayList<>();
    switch (stage.status()) {
      case FINISHED -> {
        parts.add(
            stage.cached()
                ? "cached"
                : "finished in %s, %d steps"
                    .formatted(Durations.text(stage.seconds()), stage.steps()));
        parts.add(KeyNumbers.text(stage.kind(), stage.metrics()));
      }
      case RUNNING ->
          parts.add(
              stage.resumedFromStep() > 0
                  ? "goes on from step " + stage.resumedFromStep()
                  : "started");
      default -> parts.add(stage.status().text());
    }
    stage.message().ifPresent(parts::add);
    return line(stage.name(), parts);
  }

  /** A stage that makes steps. */
  String text(ShownProgress progress) {
    List<String> parts = new ArrayList<>();
    parts.add("step %d/%d".formatted(progress.step(), progress.totalSteps()));
    parts.add(Durations.rate(progress.stepsPerSecond()));
    progress.secondsLeft().ifPresent(left -> parts.add(Durations.text(left) + " left"));
    parts.add(KeyNumbers.text(progress.kind(), progress.metrics()));
    return line(progress.stage(), parts);
  }

  /** A stage that its server has not heard the end of. */
  String text(StageRecord stage, Optional<ShownProgress> progress, PendingText pending) {
    String more = String.join("  ", pending.parts());
    // What is known of an attempt that has ended would look as if it went on.
    return pending.stage().waiting()
        ? line(stage.name(), List.of(more))
        : text(stage, progress) + "  " + more;
  }

  /** Whatever is known of it now. */
  String text(StageRecord stage, Optional<ShownProgress> progress) {
    boolean steps =
        stage.status() == dev.temper.infra.run.RunStatus.RUNNING && progress.isPresent();
    return steps ? text(progress.orElseThrow()) : text(stage);
  }

  private String line(String name, List<String> parts) {
    return ("%-" + Math.max(1, nameWidth) + "s  %s")
        .formatted(
            name, String.join("  ", parts.stream().filter(part -> !part.isEmpty()).toList()));
  }
}
