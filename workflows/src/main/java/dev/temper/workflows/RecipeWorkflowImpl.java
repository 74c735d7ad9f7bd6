package dev.temper.workflows;

import dev.temper.recipes.Input;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.workflows.StageState.StageProblem;
import dev.temper.workflows.StageState.Status;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * Walks the graph: knows names and inputs, never what a stage does.
 *
 * <p>Promises are chained, not awaited in one coroutine per stage: a coroutine costs a thread.
 */
public final class RecipeWorkflowImpl implements RecipeWorkflow {

  private final Logger log = Workflow.getLogger(RecipeWorkflowImpl.class);
  private final Map<String, StageState> states = new LinkedHashMap<>();
  private final Map<String, Promise<StageResult>> results = new LinkedHashMap<>();

  @Override
  public RecipeOutcome run(RecipeRun run) {
    run.recipe().stages().forEach(stage -> states.put(stage.name(), StageState.of(Status.PENDING)));
    for (Stage stage : run.recipe().stages()) {
      results.put(stage.name(), follow(run, stage));
    }
    return end();
  }

  @Override
  public Map<String, StageState> status() {
    return states;
  }

  /** The stage's result as soon as its inputs are there; whatever goes wrong is kept as a state. */
  private Promise<StageResult> follow(RecipeRun run, Stage stage) {
    List<Input> inputs = List.copyOf(StageInputs.of(stage.spec()));
    List<Promise<StageResult>> awaited = new ArrayList<>();
    for (Input input : inputs) {
      Promise<StageResult> earlier = results.get(input.stage());
      if (earlier == null) {
        throw failure(
            "InvalidSpec",
            "stage '%s' reads '%s', which no stage before it makes; there are %s"
                .formatted(stage.name(), input.text(), results.keySet()));
      }
      awaited.add(earlier);
    }
    Promise<StageResult> result =
        awaited.isEmpty()
            ? start(run, stage, inputs)
            : Promise.allOf(awaited).thenCompose(ready -> start(run, stage, inputs));
    return result.handle(
        (value, failure) -> {
          if (failure != null) {
            throw failed(stage, inputs, failure);
          }
          return finished(stage, value);
        });
  }

  private Promise<StageResult> start(RecipeRun run, Stage stage, List<Input> inputs) {
    Map<String, ResolvedInput> resolved = new LinkedHashMap<>();
    for (Input input : inputs) {
      resolved.put(input.text(), resolve(stage, input, results.get(input.stage()).get()));
    }
    states.put(stage.name(), StageState.of(Status.RUNNING));
    StageActivities activities =
        Workflow.newActivityStub(StageActivities.class, StageOptions.of(stage));
    return Async.function(activities::run, new StageRequest(run.run(), stage, resolved));
  }

  private static ResolvedInput resolve(Stage stage, Input input, StageResult made) {
    String folder = made.outputs().get(input.output());
    if (folder == null) {
      throw failure(
          "InvalidSpec",
          "stage '%s' reads '%s', but '%s' has the outputs %s"
              .formatted(stage.name(), input.text(), made.stage(), made.outputs().keySet()));
    }
    return new ResolvedInput(made.stage(), made.key(), made.content(), input.output(), folder);
  }

  private StageResult finished(Stage stage, StageResult result) {
    // A replay matches activities by order and type only: swapped branches would silently be
    // given each other's results.
    if (!result.stage().equals(stage.name())) {
      throw new IllegalStateException(
          "stage '%s' was given the result of '%s'".formatted(stage.name(), result.stage()));
    }
    try {
      Gates.check(stage, result);
    } catch (ApplicationFailure gate) {
      states.put(
          stage.name(),
          new StageState(Status.FAILED, Optional.of(result), Optional.of(problem(gate))));
      throw gate;
    }
    states.put(
        stage.name(), new StageState(Status.FINISHED, Optional.of(result), Optional.empty()));
    log.info("stage finished stage={} cached={}", stage.name(), result.cached());
    return result;
  }

  private RuntimeException failed(Stage stage, List<Input> inputs, RuntimeException failure) {
    boolean cancelled = causedBy(failure, CanceledFailure.class);
    boolean started = states.get(stage.name()).status() == Status.RUNNING;
    Optional<Input> missing = inputs.stream().filter(this::failedBefore).findFirst();
    Status status =
        cancelled
            ? Status.CANCELLED
            : !started && missing.isPresent() ? Status.BLOCKED : Status.FAILED;
    StageProblem problem =
        status == Status.BLOCKED
            ? new StageProblem(
                "Blocked", "its input '%s' was not made".formatted(missing.get().text()))
            : problem(failure);
    states.put(stage.name(), new StageState(status, Optional.empty(), Optional.of(problem)));
    log.warn("stage ended stage={} status={} type={}", stage.name(), status, problem.type());
    return failure;
  }

  private boolean failedBefore(Input input) {
    Promise<StageResult> earlier = results.get(input.stage());
    return earlier.isCompleted() && earlier.getFailure() != null;
  }

  /** Waits for every stage, so that one failure never cuts an independent branch short. */
  private RecipeOutcome end() {
    RuntimeException cancelled = null;
    for (Promise<StageResult> result : results.values()) {
      RuntimeException failure = result.getFailure();
      if (failure != null && !(failure instanceof TemporalFailure)) {
        // Not a failure of a stage but of this walk: the task must not be recorded.
        throw failure;
      }
      if (failure != null && causedBy(failure, CanceledFailure.class)) {
        cancelled = failure;
      }
    }
    RecipeOutcome outcome = new RecipeOutcome(states);
    if (cancelled != null) {
      throw cancelled;
    }
    for (Map.Entry<String, StageState> state : states.entrySet()) {
      if (state.getValue().status() == Status.FAILED) {
        StageProblem problem = state.getValue().failure().orElseThrow();
        throw ApplicationFailure.newNonRetryableFailure(
            "stage '%s' failed: %s".formatted(state.getKey(), problem.message()),
            problem.type(),
            outcome);
      }
    }
    return outcome;
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

  private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static ApplicationFailure failure(String type, String message) {
    return ApplicationFailure.newNonRetryableFailure(message, type);
  }
}
