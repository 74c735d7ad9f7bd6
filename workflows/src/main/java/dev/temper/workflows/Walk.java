package dev.temper.workflows;

import dev.temper.recipes.Input;
import dev.temper.recipes.MicroBatches;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageSpec;
import dev.temper.workflows.StageState.StageProblem;
import dev.temper.workflows.StageState.Status;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;

/**
 * The stages of a run and what becomes of each: knows names and inputs, never what a stage does.
 *
 * <p>Stages are started by whatever makes them ready, not by one coroutine each: a coroutine costs
 * a thread. What is ready starts in recipe order at every single event, since a replay matches
 * activities by order.
 */
final class Walk {

  /** Histories before it begin without knowing what a failure before them blocks. */
  private static final String BLOCKS = "blocks-when-it-opens";

  /** Why an attempt was asked to end. */
  private enum Asked {
    NOTHING,
    PAUSE,
    RETRY,
    CANCEL
  }

  /** A stage's activity, all of its retries included. */
  private static final class Attempt {
    private Asked asked = Asked.NOTHING;
    private CancellationScope scope;
  }

  private final Logger log = Workflow.getLogger(Walk.class);
  private final RecipeRun run;
  private final HistoryBudget budget;
  private final Runnable changed;
  private final Map<String, Stage> stages = new LinkedHashMap<>();
  private final Map<String, StageState> states = new LinkedHashMap<>();

  /** In the order in which they were started. */
  private final Map<String, Attempt> attempts = new LinkedHashMap<>();

  private boolean open;
  private boolean paused;
  private boolean cancelled;
  private boolean draining;
  private boolean progressed;
  private boolean ending;
  private Optional<RuntimeException> broken = Optional.empty();

  /**
   * Does nothing yet.
   *
   * @param changed called after every change of a state
   */
  Walk(RecipeRun run, HistoryBudget budget, Runnable changed) {
    this.run = run;
    this.budget = budget;
    this.changed = changed;
    for (Stage stage : run.recipe().stages()) {
      stages.put(stage.name(), movedBefore(stage));
      states.put(stage.name(), StageState.of(Status.PENDING));
    }
  }

  Map<String, StageState> states() {
    return Collections.unmodifiableMap(states);
  }

  private Stage movedBefore(Stage stage) {
    return run.carry().map(carry -> carry.moved().get(stage.name())).map(stage::on).orElse(stage);
  }

  /** Queues that stages were moved to, by stage. */
  private Map<String, String> moved() {
    Map<String, String> moved = new LinkedHashMap<>();
    for (Stage asked : run.recipe().stages()) {
      String queue = stages.get(asked.name()).queue();
      if (!queue.equals(asked.queue())) {
        moved.put(asked.name(), queue);
      }
    }
    return moved;
  }

  boolean isPaused() {
    return paused;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Says whether its end is being told. */
  void ending(boolean now) {
    ending = now;
  }

  /** Whether its end is being told and nothing was started again since. */
  boolean hasEnded() {
    return ending && attempts.isEmpty() && !isUnfinished();
  }

  /** Takes over what is known from before, and starts what can start. */
  void open() {
    requireOrder();
    run.carry()
        .ifPresent(
            carry -> {
              states.putAll(carry.ended());
              paused = paused || carry.paused();
            });
    run.finished().forEach(this::takeOver);
    if (isAny(Status.FAILED) && Workflow.getVersion(BLOCKS, Workflow.DEFAULT_VERSION, 1) == 1) {
      block();
    }
    open = true;
    go();
  }

  /** Whether nothing runs, and nothing can start before the run goes on or ends. */
  boolean isOver() {
    return broken.isPresent()
        || (open && attempts.isEmpty() && (cancelled || draining || !paused || !isUnfinished()));
  }

  private boolean isAny(Status status) {
    return states.values().stream().anyMatch(state -> state.status() == status);
  }

  /** Whether a stage can still go on, were it not for a pause or the length of the history. */
  boolean isUnfinished() {
    return states.values().stream()
        .map(StageState::status)
        .anyMatch(status -> status == Status.PENDING || status == Status.PAUSED);
  }

  /** Whether the run has to go on in another history. */
  boolean continuesAsNew() {
    return draining && !cancelled && isUnfinished();
  }

  /** A mistake of this walk, not of a stage: no workflow task may be recorded with it. */
  void throwIfBroken() {
    broken.ifPresent(
        mistake -> {
          throw mistake;
        });
  }

  /** What another execution needs to go on with this run. */
  RecipeRun rest(RunLinks links) {
    Map<String, StageResult> finished = new LinkedHashMap<>();
    Map<String, StageState> ended = new LinkedHashMap<>();
    states.forEach(
        (name, state) -> {
          if (state.status() == Status.FINISHED) {
            finished.put(name, state.result().orElseThrow());
          } else if (state.status() != Status.PENDING && state.status() != Status.BLOCKED) {
            ended.put(name, state);
          }
        });
    return new RecipeRun(
        run.run(),
        run.recipe(),
        run.settings(),
        finished,
        Optional.of(new RecipeRun.Carry(ended, links, paused, moved())));
  }

  void pause() {
    paused = true;
    progressed = true;
    List.copyOf(attempts.keySet()).forEach(name -> end(name, Asked.PAUSE));
    go();
  }

  void resume() {
    paused = false;
    progressed = true;
    again(state -> state.status() == Status.PAUSED);
    go();
  }

  void retry(String name) {
    progressed = true;
    if (attempts.containsKey(name)) {
      end(name, Asked.RETRY);
    } else {
      states.put(name, StageState.of(Status.PENDING));
      // What still lacks another input is blocked again at once.
      again(state -> state.status() == Status.BLOCKED);
      block();
    }
    go();
  }

  void move(String name, String queue) {
    progressed = true;
    stages.put(name, stages.get(name).on(queue));
    go();
  }

  void cancel() {
    cancelled = true;
    List.copyOf(attempts.keySet()).forEach(name -> end(name, Asked.CANCEL));
    states.replaceAll(
        (name, state) ->
            state.status() == Status.PENDING || state.status() == Status.PAUSED
                ? StageState.of(Status.CANCELLED)
                : state);
    changed.run();
  }

  private void again(Predicate<StageState> which) {
    states.replaceAll((name, state) -> which.test(state) ? StageState.of(Status.PENDING) : state);
  }

  private void requireOrder() {
    List<String> before = new ArrayList<>();
    for (Stage stage : stages.values()) {
      for (Input input : StageInputs.of(stage.spec())) {
        if (!before.contains(input.stage())) {
          throw invalid(
              "stage '%s' reads '%s', which no stage before it makes; there are %s"
                  .formatted(stage.name(), input.text(), before));
        }
      }
      before.add(stage.name());
    }
  }

  private void takeOver(String name, StageResult result) {
    Stage stage = stages.get(name);
    if (stage == null || !result.stage().equals(name)) {
      throw invalid(
          "the run was given a result of '%s' for stage '%s', but has the stages %s"
              .formatted(result.stage(), name, stages.keySet()));
    }
    finish(stage, result);
  }

  /** Starts whatever can start, unless something forbids it. */
  private void go() {
    if (open && progressed && budget.isSpent()) {
      draining = true;
    }
    if (open && !paused && !cancelled && !draining) {
      for (Stage stage : stages.values()) {
        if (states.get(stage.name()).status() == Status.PENDING && isReady(stage)) {
          start(stage);
        }
      }
    }
    changed.run();
  }

  private boolean isReady(Stage stage) {
    return StageInputs.of(stage.spec()).stream()
        .allMatch(input -> states.get(input.stage()).status() == Status.FINISHED);
  }

  private void start(Stage stage) {
    StageRequest request;
    try {
      request =
          new StageRequest(
              run.run(), stage, resolved(stage), run.settings().store(), run.settings().storeId());
    } catch (ApplicationFailure wrong) {
      fail(stage, Optional.empty(), wrong);
      return;
    }
    states.put(stage.name(), StageState.of(Status.RUNNING));
    StageActivities activities =
        Workflow.newActivityStub(
            StageActivities.class, StageOptions.of(stage, run.settings().queue()));
    Attempt attempt = new Attempt();
    attempts.put(stage.name(), attempt);
    // Detached: a cancelled run ends its attempts by itself, so that it knows why each one ended.
    attempt.scope =
        Workflow.newDetachedCancellationScope(
            () ->
                Async.function(activities::run, request)
                    .handle(
                        (result, failure) -> {
                          ended(stage, attempt, result, failure);
                          return null;
                        }));
    attempt.scope.run();
  }

  private Map<String, ResolvedInput> resolved(Stage stage) {
    Map<String, ResolvedInput> resolved = new LinkedHashMap<>();
    for (Input input : StageInputs.of(stage.spec())) {
      StageResult made = states.get(input.stage()).result().orElseThrow();
      String folder = made.outputs().get(input.output());
      if (folder == null) {
        throw invalid(
            "stage '%s' reads '%s', but '%s' has the outputs %s"
                .formatted(stage.name(), input.text(), made.stage(), made.outputs().keySet()));
      }
      resolved.put(
          input.text(),
          new ResolvedInput(made.stage(), made.key(), made.content(), input.output(), folder));
    }
    return resolved;
  }

  /** Asks a running attempt to save and end; {@link #ended} hears of it. */
  private void end(String name, Asked why) {
    Attempt attempt = attempts.get(name);
    boolean first = attempt.asked == Asked.NOTHING;
    attempt.asked = why;
    if (first) {
      attempt.scope.cancel(why.name());
    }
  }

  private void ended(Stage stage, Attempt attempt, StageResult result, RuntimeException failure) {
    try {
      attempts.remove(stage.name());
      progressed = true;
      if (failure == null) {
        // Also where it was asked to end: what is finished is never given away.
        finish(stage, result);
      } else if (goesOn(attempt, failure)) {
        interrupted(stage);
      } else if (isOutOfMemory(failure) && MicroBatches.halved(stage.spec()).isPresent()) {
        halve(stage);
      } else {
        fail(stage, Optional.empty(), failure);
      }
      go();
    } catch (RuntimeException mistake) {
      broken = Optional.of(mistake);
    }
  }

  /**
   * Whether an attempt ended because it was asked to. It need not say so: a worker that died
   * meanwhile says nothing, and one that shuts down says that.
   */
  private static boolean goesOn(Attempt attempt, RuntimeException failure) {
    // Not by the retry state of the failure: a server that was asked to cancel says only that.
    boolean forGood =
        failure.getCause() instanceof ApplicationFailure typed && StageOptions.isForGood(typed);
    return attempt.asked == Asked.RETRY || (attempt.asked != Asked.NOTHING && !forGood);
  }

  private static boolean isOutOfMemory(RuntimeException failure) {
    return failure.getCause() instanceof ApplicationFailure typed
        && typed.getType().equals(StageOptions.OUT_OF_MEMORY);
  }

  /**
   * Begins the stage anew with half its micro-batch. Bits are promised for one micro-batch, so this
   * is the stage that a recipe with the smaller one would have: its key says what was computed, and
   * nothing of the larger one is in it. An execution that continues this run as new begins with the
   * recipe's own again.
   */
  private void halve(Stage stage) {
    StageSpec smaller = MicroBatches.halved(stage.spec()).orElseThrow();
    stages.put(stage.name(), stages.get(stage.name()).with(smaller));
    log.warn("stage halved stage={} now={}", stage.name(), MicroBatches.text(smaller));
    interrupted(stage);
  }

  private void interrupted(Stage stage) {
    Status status = cancelled ? Status.CANCELLED : paused ? Status.PAUSED : Status.PENDING;
    states.put(stage.name(), StageState.of(status));
    log.info("stage interrupted stage={} status={}", stage.name(), status);
  }

  private void finish(Stage stage, StageResult result) {
    // A replay matches activities by order and type only: swapped branches would silently be
    // given each other's results.
    if (!result.stage().equals(stage.name())) {
      throw new IllegalStateException(
          "stage '%s' was given the result of '%s'".formatted(stage.name(), result.stage()));
    }
    try {
      Gates.check(stage, result);
    } catch (ApplicationFailure gate) {
      fail(stage, Optional.of(result), gate);
      return;
    }
    states.put(
        stage.name(), new StageState(Status.FINISHED, Optional.of(result), Optional.empty()));
    log.info("stage finished stage={} cached={}", stage.name(), result.cached());
  }

  private void fail(Stage stage, Optional<StageResult> result, RuntimeException failure) {
    if (!(failure instanceof TemporalFailure)) {
      throw failure;
    }
    StageProblem problem = problem(failure);
    states.put(stage.name(), new StageState(Status.FAILED, result, Optional.of(problem)));
    log.warn("stage failed stage={} type={}", stage.name(), problem.type());
    block();
  }

  /** Marks what waits for a stage that failed. */
  private void block() {
    for (Stage stage : stages.values()) {
      if (states.get(stage.name()).status() == Status.PENDING) {
        StageInputs.of(stage.spec()).stream()
            .filter(input -> isMissing(states.get(input.stage()).status()))
            .findFirst()
            .ifPresent(input -> states.put(stage.name(), blockedBy(input)));
      }
    }
  }

  private static boolean isMissing(Status status) {
    return status == Status.FAILED || status == Status.BLOCKED;
  }

  private static StageState blockedBy(Input input) {
    return new StageState(
        Status.BLOCKED,
        Optional.empty(),
        Optional.of(
            new StageProblem("Blocked", "its input '%s' was not made".formatted(input.text()))));
  }

  private static StageProblem problem(RuntimeException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ApplicationFailure typed) {
        return new StageProblem(typed.getType(), String.valueOf(typed.getOriginalMessage()));
      }
    }
    Throwable cause = failure instanceof ActivityFailure ? failure.getCause() : failure;
    return new StageProblem(cause.getClass().getSimpleName(), String.valueOf(cause.getMessage()));
  }

  private static ApplicationFailure invalid(String message) {
    return ApplicationFailure.newNonRetryableFailure(message, "InvalidSpec");
  }
}
