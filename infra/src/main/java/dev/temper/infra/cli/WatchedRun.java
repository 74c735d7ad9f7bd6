package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunMirror;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.infra.temporal.LiveOperations;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.RunSight;
import dev.temper.infra.temporal.RunWatch;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.RunLinks;
import dev.temper.workflows.StageResult;
import dev.temper.workflows.StageState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A run on a server as one terminal sees it: it ends when the run does, or Ctrl-C comes. */
final class WatchedRun {

  private final TemperCommand root;
  private final RunFolder folder;
  private final RemoteRun remote;
  private final ArtifactStore store;
  private final boolean writes;
  private final Clock clock = Clock.systemUTC();
  private final Instant start = clock.instant();

  /**
   * @param writes whether this process keeps the folder of the run
   */
  WatchedRun(
      TemperCommand root, RunFolder folder, RemoteRun remote, ArtifactStore store, boolean writes) {
    this.root = root;
    this.folder = folder;
    this.remote = remote;
    this.store = store;
    this.writes = writes;
  }

  /** Returns the exit code. */
  int toItsEnd(RunRecord record) throws InterruptedException {
    RunMirror mirror =
        new RunMirror(
            writes ? Optional.of(new RunMirror.Kept(folder, store)) : Optional.empty(),
            record,
            root.progress(record),
            clock);
    Thread hook = new Thread(this::interrupted, "interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    RunSight last;
    try {
      last = new RunWatch(remote, mirror, this::say, this::linked).untilItEnds();
    } finally {
      removed(hook);
    }
    Optional<RecipeOutcome> outcome = remote.outcome();
    ExitCode code = conclude(last, outcome, mirror);
    RunRecord ended = mirror.record();
    new RunEnding(root, folder)
        .say(ended, found(outcome), Duration.between(start, clock.instant()), code, writes);
    if (!mirror.missing().isEmpty()) {
      root.around()
          .err()
          .printf(
              "temper: the files of %s could not be fetched from the store%n", mirror.missing());
    }
    return code.number();
  }

  private void say(String what) {
    if (root.json()) {
      new JsonLines(root.around().out()).print(Map.of("event", "note", "note", what));
    } else {
      root.around().out().println(what);
    }
  }

  private void linked(RunLinks links) {
    if (root.json()) {
      new JsonLines(root.around().out()).print(Map.of("event", "links", "links", links.links()));
    } else {
      FolderView.mlflow(links.links()).ifPresent(root.around().out()::println);
    }
  }

  /** Stages whose artifact was there already. */
  private static long found(Optional<RecipeOutcome> outcome) {
    return outcome.map(RecipeOutcome::stages).orElse(Map.of()).values().stream()
        .filter(state -> state.result().map(StageResult::cached).orElse(false))
        .count();
  }

  private ExitCode conclude(RunSight last, Optional<RecipeOutcome> outcome, RunMirror mirror) {
    outcome.map(RecipeOutcome::stages).ifPresent(mirror::sees);
    Map<String, StageState> states =
        outcome.map(RecipeOutcome::stages).or(last::stages).orElse(Map.of());
    Optional<StageState.StageProblem> first = Optional.empty();
    Optional<String> why = Optional.empty();
    for (Map.Entry<String, StageState> state : states.entrySet()) {
      if (state.getValue().status() == StageState.Status.FAILED && first.isEmpty()) {
        first = state.getValue().failure();
        why = first.map(problem -> "stage '%s': %s".formatted(state.getKey(), problem.message()));
      }
    }
    RunStatus status = last.runStatus();
    if (status != RunStatus.FINISHED && why.isEmpty()) {
      why = Optional.of("the run was " + LiveOperations.word(last.status()));
    }
    Optional<String> message = why;
    mirror.update(
        run ->
            run.with(run.stages().stream().map(stage -> ended(stage, status)).toList())
                .ended(status, clock.instant().toString(), message));
    if (status == RunStatus.FINISHED) {
      return ExitCode.OK;
    }
    return first.map(StageState.StageProblem::type).filter("GateNotMet"::equals).isPresent()
        ? ExitCode.GATE
        : ExitCode.STAGE_FAILED;
  }

  /** Where nobody could be asked any more, what has not ended has ended with the run. */
  private static StageRecord ended(StageRecord stage, RunStatus run) {
    return switch (stage.status()) {
      case PENDING, RUNNING, PAUSED ->
          run == RunStatus.FINISHED ? stage : stage.with(RunStatus.CANCELLED, "the run ended");
      default -> stage;
    };
  }

  /** Runs in a shutdown hook: the process has been told to end, the run has not. */
  private void interrupted() {
    root.around()
        .err()
        .printf(
            "%ntemper: this command ends, run %s goes on; the same command watches it again, 'temper cancel %s' ends it%n",
            folder.name(), folder.name());
    root.around().err().flush();
    root.around().out().flush();
    Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
  }

  private static boolean removed(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false; // the process is already ending
    }
  }
}
