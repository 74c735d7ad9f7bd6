package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.RecipeExecution;
import dev.temper.infra.Tracking;
import dev.temper.infra.Wiring;
import dev.temper.infra.mlflow.MlflowTracker;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.run.FolderTracker;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunLock;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.StageResult;
import dev.temper.workflows.StageState;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A run in this process, from its first line to its last. */
final class LiveRun {

  /** A step can take a while, and a checkpoint is written after it. */
  private static final Duration TIME_TO_SAVE = Duration.ofSeconds(60);

  private final TemperCommand root;
  private final RunFolder folder;
  private final PinnedRecipe pinned;
  private final Wiring wiring;
  private final PrintStream out;
  private final Clock clock = Clock.systemUTC();
  private final Instant start = clock.instant();

  /** The lock is not looked at: that it is asked for means that its holder runs this. */
  LiveRun(TemperCommand root, RunFolder folder, PinnedRecipe pinned, Wiring wiring, RunLock held) {
    this.root = root;
    this.folder = folder;
    this.pinned = pinned;
    this.wiring = wiring;
    this.out = root.around().out();
    java.util.Objects.requireNonNull(held, "the run is not locked");
  }

  /** Returns the exit code. */
  int toItsEnd(RunRecord record) throws IOException {
    sayWhereThingsAre(record);
    FolderTracker tracker = new FolderTracker(folder, record, root.progress(record), clock);
    try (ArtifactStore store = root.artifacts(record.store());
        Tracking tracking =
            Tracking.of(root.environment(), tracker, folder, pinned.recipe(), wiring.failpoints());
        RecipeExecution execution =
            wiring.start(
                folder.name(),
                pinned.recipe(),
                pinned.files(),
                store,
                tracking.tracker(),
                folder.place())) {
      Thread hook = new Thread(() -> interrupted(execution, tracker, tracking), "interrupted");
      Runtime.getRuntime().addShutdownHook(hook);
      RecipeOutcome outcome;
      try {
        outcome = execution.await();
      } finally {
        // Also after a failure, or the exit that follows would count as an interruption.
        if (!removed(hook)) {
          // Ctrl-C came first: its thread ends the process.
          waitForTheEnd(hook);
        }
      }
      ExitCode code = conclude(outcome, tracker);
      new RunEnding(root, folder)
          .say(
              tracker.record(),
              found(outcome),
              Duration.between(start, clock.instant()),
              code,
              true);
      tracking.end().ifPresent(rest -> root.around().err().println("temper: " + rest));
      link(tracking, tracker);
      return code.number();
    }
  }

  /** Known only now: MLflow is told by a thread of its own. */
  private void link(Tracking tracking, FolderTracker tracker) {
    Map<String, String> links = new LinkedHashMap<>();
    tracking.mlflow().flatMap(MlflowTracker::page).ifPresent(page -> links.put("mlflow.url", page));
    if (links.isEmpty()) {
      return;
    }
    try {
      tracker.update(run -> run.linked(links));
    } catch (UncheckedIOException e) {
      // On a full disk the run has ended all the same, and said so.
      root.around().err().println("temper: run.json could not be written: " + e.getCause());
    }
    if (!root.json()) {
      FolderView.mlflow(links).ifPresent(out::println);
    }
  }

  private void sayWhereThingsAre(RunRecord record) {
    if (root.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("event", "run");
      line.put("run", record.run());
      line.put("recipe", record.recipe());
      line.put("folder", folder.path().toString());
      line.put("store", record.store());
      line.put("temporal", "embedded");
      line.put("tracking", Tracking.shown(root.environment()));
      new JsonLines(out).print(line);
      return;
    }
    out.printf("run        %s%n", record.run());
    out.printf("artifacts  %s%n", record.store());
    out.println("Temporal   embedded, in this process");
    out.printf("tracking   %s in %s%n", Tracking.shown(root.environment()), folder.path());
    out.println();
  }

  /** Runs in a shutdown hook: no System.exit here, and a limit on everything. */
  private void interrupted(RecipeExecution execution, FolderTracker tracker, Tracking tracking) {
    boolean saved = false;
    try {
      saved = execution.stop(TIME_TO_SAVE);
      tracker.update(
          run ->
              run.with(
                      run.stages().stream()
                          .map(
                              stage ->
                                  stage.status() == RunStatus.RUNNING
                                      ? stage.with(RunStatus.PAUSED, "interrupted")
                                      : stage)
                          .toList())
                  .ended(RunStatus.PAUSED, now(), Optional.of("interrupted")));
      tracking.end().ifPresent(rest -> root.around().err().println("temper: " + rest));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      root.around()
          .err()
          .printf(
              "%ntemper: interrupted; %s. The same command continues run %s%n",
              saved
                  ? "every running stage has committed a checkpoint"
                  : "a stage did not stop in time, its last checkpoint counts",
              folder.name());
      root.around().err().flush();
      out.flush();
      Runtime.getRuntime().halt(ExitCode.INTERRUPTED.number());
    }
  }

  private static boolean removed(Thread hook) {
    try {
      return Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return false; // the process is already ending
    }
  }

  private static void waitForTheEnd(Thread hook) {
    try {
      hook.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ExitCode conclude(RecipeOutcome outcome, FolderTracker tracker) {
    List<StageRecord> stages = new ArrayList<>();
    Optional<StageState.StageProblem> first = Optional.empty();
    Optional<String> why = Optional.empty();
    for (StageRecord stage : tracker.record().stages()) {
      StageState state = outcome.stages().get(stage.name());
      stages.add(concluded(stage, state));
      if (state.status() == StageState.Status.FAILED && first.isEmpty()) {
        first = state.failure();
        why = first.map(problem -> "stage '%s': %s".formatted(stage.name(), problem.message()));
      }
    }
    boolean finished = stages.stream().allMatch(stage -> stage.status() == RunStatus.FINISHED);
    Optional<String> message = why;
    try {
      tracker.update(
          run ->
              run.with(stages)
                  .ended(finished ? RunStatus.FINISHED : RunStatus.FAILED, now(), message));
    } catch (UncheckedIOException e) {
      // On a full disk: what happened has to be said all the same.
      root.around().err().println("temper: run.json could not be written: " + e.getCause());
    }
    if (finished) {
      return ExitCode.OK;
    }
    return first.map(StageState.StageProblem::type).filter("GateNotMet"::equals).isPresent()
        ? ExitCode.GATE
        : ExitCode.STAGE_FAILED;
  }

  private static StageRecord concluded(StageRecord stage, StageState state) {
    String why = state.failure().map(StageState.StageProblem::message).orElse("");
    return switch (state.status()) {
      case BLOCKED -> stage.with(RunStatus.BLOCKED, why);
      case FAILED -> stage.with(RunStatus.FAILED, why);
      case CANCELLED -> stage.with(RunStatus.CANCELLED, why);
      case PENDING, RUNNING, PAUSED, FINISHED -> stage;
    };
  }

  /** Stages whose artifact was there already. */
  private static long found(RecipeOutcome outcome) {
    return outcome.stages().values().stream()
        .filter(state -> state.result().map(StageResult::cached).orElse(false))
        .count();
  }

  private String now() {
    return clock.instant().toString();
  }
}
