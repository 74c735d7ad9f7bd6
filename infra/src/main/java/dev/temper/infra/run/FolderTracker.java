package dev.temper.infra.run;

import dev.temper.activities.RunTracker;
import dev.temper.activities.StageProgress;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one run in its folder and tells a listener.
 *
 * <p>run.json is replaced at every change of a stage's status and every few seconds in between, so
 * that after a kill it is at most that much behind; what counts then is the store and the journals.
 */
public final class FolderTracker implements RunTracker {

  private static final Logger log = LoggerFactory.getLogger(FolderTracker.class);
  private static final Duration SHOW_EVERY = Duration.ofMillis(250);
  private static final Duration WRITE_EVERY = Duration.ofSeconds(1);

  /** What is known of a running stage besides its record. */
  private static final class Watch {
    private final Instant start;
    private final double secondsBefore;
    private final Rate rate;
    private final Map<String, Double> newest = new TreeMap<>();
    private Instant shown = Instant.MIN;
    private Instant written = Instant.MIN;

    Watch(Instant start, double secondsBefore, long step) {
      this.start = start;
      this.secondsBefore = secondsBefore;
      this.rate = new Rate(0, step);
    }

    double elapsed(Instant now) {
      return Duration.between(start, now).toMillis() / 1000.0;
    }

    double seconds(Instant now) {
      return secondsBefore + elapsed(now);
    }
  }

  private final RunFolder folder;
  private final RunListener listener;
  private final Clock clock;
  private final Map<String, Watch> watches = new HashMap<>();
  private RunRecord record;

  public FolderTracker(RunFolder folder, RunRecord record, RunListener listener, Clock clock) {
    this.folder = folder;
    this.record = record;
    this.listener = listener;
    this.clock = clock;
  }

  /** The run as it stands. */
  public synchronized RunRecord record() {
    return record;
  }

  /** Changes the run and writes it. */
  public synchronized void update(UnaryOperator<RunRecord> change) {
    record = change.apply(record);
    try {
      folder.write(record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Path folder(String run, String stage) throws IOException {
    return Files.createDirectories(folder.stage(stage));
  }

  @Override
  public synchronized void started(String run, String stage, StageProgress progress) {
    double before = stage(stage).seconds();
    watches.put(stage, new Watch(clock.instant(), before, progress.step()));
    change(stage, known -> known.started(known.attempts() + 1, progress.resumedFromStep()));
    log.info(
        "stage started stage={} attempt={} resumedFromStep={} totalSteps={}",
        stage,
        stage(stage).attempts(),
        progress.resumedFromStep(),
        progress.totalSteps());
  }

  @Override
  public synchronized void progress(String run, String stage, StageProgress progress) {
    Watch watch = watches.get(stage);
    Instant now = clock.instant();
    boolean last = progress.step() == progress.totalSteps();
    if (watch == null || (!last && watch.shown.plus(SHOW_EVERY).isAfter(now))) {
      return;
    }
    watch.shown = now;
    ShownProgress shown =
        new ShownProgress(
            stage,
            progress.kind(),
            progress.step(),
            progress.totalSteps(),
            watch.rate.at(watch.elapsed(now), progress.step()),
            now.toString(),
            watch.newest);
    if (last || !watch.written.plus(WRITE_EVERY).isAfter(now)) {
      watch.written = now;
      write(watch, shown, now);
    }
    listener.progressed(shown);
  }

  /** For people only: a disk that is full stops the run at the next checkpoint, not here. */
  private void write(Watch watch, ShownProgress shown, Instant now) {
    record =
        record.with(
            shown.stage(), known -> known.at(shown.step(), watch.seconds(now), watch.newest));
    try {
      folder.write(shown);
      folder.write(record);
    } catch (IOException e) {
      log.warn("progress not written stage={} reason={}", shown.stage(), e.toString());
    }
  }

  @Override
  public synchronized void metrics(
      String run, String stage, long step, Map<String, Double> metrics) {
    Watch watch = watches.get(stage);
    if (watch != null) {
      watch.newest.putAll(metrics);
    }
  }

  @Override
  public synchronized void note(String run, String stage, String note) {
    log.info("note stage={} note={}", stage, note);
    listener.noted(stage, note);
  }

  @Override
  public synchronized void finished(String run, StageResult result) {
    String name = result.stage();
    time(name);
    update(
        known ->
            known.with(
                name,
                stage ->
                    stage.finished(
                        // An artifact that an earlier process of this run made is its own.
                        result.cached() && stage.attempts() == 0,
                        result.steps(),
                        result.key(),
                        result.content(),
                        result.metrics())));
    StageRecord stage = stage(name);
    log.info(
        "stage finished stage={} cached={} steps={} seconds={} content={}",
        name,
        result.cached(),
        stage.steps(),
        stage.seconds(),
        result.content());
    listener.changed(result.cached() ? stage.asCached() : stage);
  }

  @Override
  public synchronized void failed(String run, String stage, StageEnd end) {
    log.warn(
        "attempt failed stage={} attempt={} type={} last={} message={}",
        stage,
        end.attempt(),
        end.type(),
        end.last(),
        end.message());
    time(stage);
    if (end.last()) {
      change(stage, known -> known.with(RunStatus.FAILED, end.type() + ": " + end.message()));
    } else {
      listener.noted(
          stage,
          "attempt %d failed and will be tried again: %s: %s"
              .formatted(stage(stage).attempts(), end.type(), end.message()));
    }
  }

  private void time(String stage) {
    Watch watch = watches.remove(stage);
    if (watch != null) {
      double seconds = watch.seconds(clock.instant());
      record = record.with(stage, known -> known.at(known.steps(), seconds, watch.newest));
    }
  }

  private void change(String stage, UnaryOperator<StageRecord> change) {
    update(run -> run.with(stage, change));
    listener.changed(stage(stage));
  }

  private StageRecord stage(String name) {
    return record
        .stage(name)
        .orElseThrow(() -> new IllegalArgumentException("unknown stage: " + name));
  }
}
