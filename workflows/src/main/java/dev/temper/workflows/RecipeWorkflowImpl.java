package dev.temper.workflows;

import dev.temper.workflows.StageState.StageProblem;
import dev.temper.workflows.StageState.Status;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import io.temporal.workflow.CancellationScope;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.util.Map;

/** Begins a run, lets its {@link Walk} go, and ends it or continues it as new. */
public final class RecipeWorkflowImpl implements RecipeWorkflow {

  private static final String RUNNING = "running";

  /** Histories before it end with the first end that was told, whatever was started meanwhile. */
  private static final String MAY_GO_ON = "goes-on-while-its-end-is-told";

  private final Walk walk;
  private final LiveChecks checks;
  private final RunDisplay display;
  private final RunCalls calls = new RunCalls();
  private RunLinks links;

  @WorkflowInit
  public RecipeWorkflowImpl(RecipeRun run) {
    this(run, () -> Workflow.getInfo().isContinueAsNewSuggested());
  }

  RecipeWorkflowImpl(RecipeRun run, HistoryBudget budget) {
    walk = new Walk(run, budget, this::changed);
    checks = new LiveChecks(walk);
    display = new RunDisplay(run.settings().searchable());
    links = run.carry().map(RecipeRun.Carry::links).orElse(RunLinks.NONE);
  }

  @Override
  public RecipeOutcome run(RecipeRun run) {
    CancellationScope.current()
        .getCancellationRequest()
        .thenApply(
            reason -> {
              walk.cancel();
              return null;
            });
    // Detached, so that a cancelled run can wait for its stages and tell of its end.
    CancellationScope scope = Workflow.newDetachedCancellationScope(() -> live(run));
    scope.run();
    return end(run);
  }

  @Override
  public Map<String, StageState> status() {
    return walk.states();
  }

  @Override
  public RunLinks links() {
    return links;
  }

  @Override
  public void pause() {
    walk.pause();
  }

  @Override
  public void checkPause() {
    checks.pause();
  }

  @Override
  public void resume() {
    walk.resume();
  }

  @Override
  public void checkResume() {
    checks.resume();
  }

  @Override
  public void retry(String stage) {
    walk.retry(stage);
  }

  @Override
  public void checkRetry(String stage) {
    checks.retry(stage);
  }

  @Override
  public void move(String stage, String queue) {
    walk.move(stage, queue);
  }

  @Override
  public void checkMove(String stage, String queue) {
    checks.move(stage, queue);
  }

  private void live(RecipeRun run) {
    if (run.settings().tracked() && run.carry().isEmpty()) {
      links = calls.begin(run, walk::isCancelled);
    }
    display.begin(run, links);
    walk.open();
    do {
      Workflow.await(walk::isOver);
      walk.throwIfBroken();
      if (walk.continuesAsNew()) {
        continueAsNew();
      }
      display.show(status(walk), walk.states());
    } while (run.settings().tracked() && goesOnAfterItsEndIsTold(run));
  }

  /** Tells of the end; whether that has become another one meanwhile. */
  private boolean goesOnAfterItsEndIsTold(RecipeRun run) {
    boolean mayGoOn = Workflow.getVersion(MAY_GO_ON, Workflow.DEFAULT_VERSION, 1) == 1;
    walk.ending(mayGoOn);
    RunEnd told = new RunEnd(run.run(), run.recipe(), run.settings(), walk.states(), status(walk));
    calls.end(told);
    walk.throwIfBroken();
    // A workflow that was asked to cancel closes as cancelled, so that is said then, too.
    boolean ended =
        walk.hasEnded()
            && told.stages().equals(walk.states())
            && told.status().equals(status(walk));
    walk.ending(false);
    return mayGoOn && !ended;
  }

  private void continueAsNew() {
    Workflow.await(Workflow::isEveryHandlerFinished);
    RecipeRun rest = walk.rest(links);
    try {
      Workflow.continueAsNew(rest);
    } catch (ApplicationFailure tooLarge) {
      // Every finished stage is found in the store as well, by an activity each.
      Workflow.continueAsNew(
          new RecipeRun(rest.run(), rest.recipe(), rest.settings(), Map.of(), rest.carry()));
    }
  }

  private void changed() {
    display.show(now(), walk.states());
  }

  private String now() {
    if (walk.hasEnded()) {
      return status(walk);
    }
    return walk.isPaused() ? "paused" : RUNNING;
  }

  private static String status(Walk walk) {
    if (walk.isCancelled()) {
      return "cancelled";
    }
    boolean finished =
        walk.states().values().stream().allMatch(state -> state.status() == Status.FINISHED);
    return finished ? "finished" : "failed";
  }

  private RecipeOutcome end(RecipeRun run) {
    RecipeOutcome outcome = new RecipeOutcome(walk.states());
    if (walk.isCancelled()) {
      throw new CanceledFailure("run '%s' was cancelled".formatted(run.run()));
    }
    for (Map.Entry<String, StageState> state : walk.states().entrySet()) {
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
}
