package dev.temper.infra.run;

import dev.temper.activities.RunTracker;
import dev.temper.activities.StageProgress;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the live files of a worker's stages apart from those of runs, and says what it does. */
public final class WorkTracker implements RunTracker {

  private static final Logger log = LoggerFactory.getLogger(WorkTracker.class);

  private final Home home;
  private final Consumer<String> say;

  /**
   * @param say hears one line for each thing that happens
   */
  public WorkTracker(Home home, Consumer<String> say) {
    this.home = home;
    this.say = say;
  }

  @Override
  public Path folder(String run, String stage) throws IOException {
    return Files.createDirectories(home.work(run, stage));
  }

  @Override
  public void started(String run, String stage, StageProgress progress) {
    tell(
        run,
        stage,
        progress.resumedFromStep() > 0
            ? "goes on from step %d of %d, attempt %d"
                .formatted(progress.resumedFromStep(), progress.totalSteps(), progress.attempt())
            : "started, %d steps, attempt %d".formatted(progress.totalSteps(), progress.attempt()));
  }

  @Override
  public void progress(String run, String stage, StageProgress progress) {
    // Travels with heartbeats to whoever watches.
  }

  @Override
  public void metrics(String run, String stage, long step, Map<String, Double> metrics) {
    // Stands in the journal.
  }

  @Override
  public void note(String run, String stage, String note) {
    tell(run, stage, note);
  }

  @Override
  public void finished(String run, StageResult result) {
    tell(run, result.stage(), result.cached() ? "was in the store" : "finished");
  }

  @Override
  public void failed(String run, String stage, StageEnd end) {
    tell(
        run,
        stage,
        "attempt %d failed%s: %s: %s"
            .formatted(
                end.attempt(),
                end.last() ? "" : " and will be tried again",
                end.type(),
                end.message()));
  }

  private void tell(String run, String stage, String what) {
    log.info("run={} stage={} {}", run, stage, what);
    say.accept("%s/%s: %s".formatted(run, stage, what));
  }
}
