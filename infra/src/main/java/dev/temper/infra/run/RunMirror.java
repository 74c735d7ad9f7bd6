package dev.temper.infra.run;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.Manifest;
import dev.temper.activities.StageFolder;
import dev.temper.activities.StageProgress;
import dev.temper.trainers.StageFailure;
import dev.temper.workflows.StageResult;
import dev.temper.workflows.StageState;
import dev.temper.workflows.StageState.StageProblem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Keeps the folder of a run that goes on elsewhere: what is told about its stages goes into
 * run.json, and what a finished stage made for people is fetched from the store.
 *
 * <p>Used by one thread.
 */
public final class RunMirror {

  /** What is known of the attempt of a stage that was seen last. */
  private static final class Watch {
    private final int attempt;
    private final long resumedFromStep;
    private final Instant start;
    private final double secondsBefore;
    private final Rate rate;

    Watch(int attempt, Instant start, double secondsBefore, StageProgress first) {
      this.attempt = attempt;
      this.resumedFromStep = first.resumedFromStep();
      this.start = start;
      this.secondsBefore = secondsBefore;
      // From where it was seen first: how long the steps before took nobody here knows.
      this.rate = new Rate(0, first.step());
    }

    boolean isOf(int ofAttempt, StageProgress progress) {
      return attempt == ofAttempt && resumedFromStep == progress.resumedFromStep();
    }

    double elapsed(Instant now) {
      return Duration.between(start, now).toMillis() / 1000.0;
    }
  }

  /**
   * What is kept.
   *
   * @param store where finished stages are
   */
  public record Kept(RunFolder folder, ArtifactStore store) {}

  private final Optional<Kept> kept;
  private final RunListener listener;
  private final Clock clock;
  private final Map<String, Watch> watches = new HashMap<>();
  private final Map<String, String> undelivered = new HashMap<>();
  private final Set<String> announced = new HashSet<>();
  private final Map<String, Integer> noted = new HashMap<>();
  private RunRecord record;

  /**
   * @param kept empty where another process keeps the folder: then only the listener is told
   */
  public RunMirror(Optional<Kept> kept, RunRecord record, RunListener listener, Clock clock) {
    this.kept = kept;
    this.record = record;
    this.listener = listener;
    this.clock = clock;
  }

  /** The run as it stands. */
  public RunRecord record() {
    return record;
  }

  /** Changes the run and writes it. */
  public void update(UnaryOperator<RunRecord> change) {
    record = change.apply(record);
    if (kept.isEmpty()) {
      return;
    }
    try {
      kept.get().folder().write(record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the run says of its stages. */
  public void sees(Map<String, StageState> states) {
    fetchWhatIsLeft();
    states.forEach(
        (name, state) -> {
          if (record.stage(name).isPresent()) {
            sees(name, state);
          }
        });
  }

  private void sees(String name, StageState state) {
    switch (state.status()) {
      case FINISHED -> finished(name, state.result().orElseThrow());
      case FAILED -> {
        // A gate that was not met: the artifact is there for whoever wants to know why.
        state.result().ifPresent(result -> deliver(name, result));
        ended(name, RunStatus.FAILED, state);
      }
      case BLOCKED -> ended(name, RunStatus.BLOCKED, state);
      case CANCELLED -> ended(name, RunStatus.CANCELLED, state);
      case PAUSED -> ended(name, RunStatus.PAUSED, state);
      case PENDING, RUNNING -> {
        if (!isOpen(name) && stage(name).status() != RunStatus.FINISHED) {
          watches.remove(name);
          change(name, StageRecord::pendingAgain);
        }
      }
    }
  }

  private boolean isOpen(String name) {
    RunStatus status = stage(name).status();
    return status == RunStatus.PENDING || status == RunStatus.RUNNING;
  }

  private void finished(String name, StageResult result) {
    if (!announced.add(name)) {
      return;
    }
    deliver(name, result);
    if (stage(name).status() == RunStatus.FINISHED) {
      // Seen by an earlier command, or made by an earlier workflow of this run.
      listener.changed(result.cached() ? stage(name).asCached() : stage(name));
      return;
    }
    StageRecord before = stage(name);
    // An artifact that an earlier attempt of this run made is its own.
    boolean found = result.cached() && before.attempts() == 0 && result.attempts() <= 1;
    if (!found) {
      time(name, result.seconds());
    }
    change(
        name,
        known ->
            known
                .madeIn(
                    found ? 0 : Math.max(known.attempts(), result.attempts()),
                    result.resumedFromStep())
                .finished(found, result.steps(), result.key(), result.content(), result.metrics()));
    result.notes().forEach(note -> listener.noted(name, note));
    watches.remove(name);
  }

  private void ended(String name, RunStatus status, StageState state) {
    String why = state.failure().map(StageProblem::message).orElse("");
    if (stage(name).status() != status) {
      watches.remove(name);
      change(name, known -> known.with(status, why));
    }
  }

  /**
   * A sign of life of a stage that runs.
   *
   * @param attempt that it is in now, as Temporal counts; the progress may be of an earlier one
   * @param earlier attempts that Temporal does not count: a stage that was paused begins at 1 again
   */
  public void progressed(String name, int attempt, int earlier, StageProgress progress) {
    Instant now = clock.instant();
    if (progress.attempt() != attempt
        || progress.totalSteps() == 0
        || record.stage(name).isEmpty()
        // What is pending was asked for a moment before the stages were.
        || !isOpen(name)) {
      return;
    }
    Watch watch = watches.get(name);
    int inAll = earlier + attempt;
    if (watch == null || !watch.isOf(inAll, progress)) {
      StageRecord before = stage(name);
      watch = new Watch(inAll, now, before.seconds(), progress);
      watches.put(name, watch);
      change(name, known -> known.started(inAll, progress.resumedFromStep()));
    }
    double seconds = watch.secondsBefore + watch.elapsed(now);
    ShownProgress shown =
        new ShownProgress(
            name,
            progress.kind(),
            progress.step(),
            progress.totalSteps(),
            watch.rate.at(watch.elapsed(now), progress.step()),
            now.toString(),
            Map.of());
    update(run -> run.with(name, known -> known.at(progress.step(), seconds, known.metrics())));
    write(shown);
    listener.progressed(shown);
  }

  /** Where the run can be looked at besides. */
  public void linked(Map<String, String> links) {
    update(run -> run.linked(links));
  }

  /** How an attempt of a stage ended that will be followed by another. */
  public void failed(String name, int attempt, String message) {
    if (record.stage(name).isPresent() && noted.getOrDefault(name, 0) < attempt) {
      noted.put(name, attempt);
      listener.noted(
          name, "attempt %d ended and will be followed by another: %s".formatted(attempt, message));
    }
  }

  private void write(ShownProgress progress) {
    if (kept.isEmpty()) {
      return;
    }
    try {
      kept.get().folder().write(progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void deliver(String name, StageResult result) {
    undelivered.put(name, result.key());
    fetch(name, result.key())
        .ifPresent(
            why -> listener.noted(name, "its files cannot be fetched from the store yet: " + why));
  }

  private void fetchWhatIsLeft() {
    // What goes wrong was said once, when it was tried first; a store that is away is asked once.
    for (Map.Entry<String, String> left : Map.copyOf(undelivered).entrySet()) {
      if (fetch(left.getKey(), left.getValue()).isPresent()) {
        return;
      }
    }
  }

  /** Why the files of a stage cannot be had; empty if they are in the folder now. */
  private Optional<String> fetch(String name, String key) {
    try {
      if (kept.isPresent()) {
        ArtifactStore store = kept.get().store();
        Manifest artifact =
            store.find(key).orElseThrow(() -> new IOException("there is no artifact " + key));
        new StageFolder(kept.get().folder().stage(name), clock).deliver(store, artifact, () -> {});
      }
      undelivered.remove(name);
      return Optional.empty();
    } catch (IOException | StageFailure e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /** Finished stages whose files could not be fetched. */
  public Set<String> missing() {
    return new TreeSet<>(undelivered.keySet());
  }

  private void time(String name, double secondsOfAttempt) {
    Watch watch = watches.get(name);
    double before = watch == null ? stage(name).seconds() : watch.secondsBefore;
    record =
        record.with(
            name, known -> known.at(known.steps(), before + secondsOfAttempt, known.metrics()));
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
