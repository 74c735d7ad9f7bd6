package dev.temper.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.temper.recipes.Recipe;
import dev.temper.workflows.StageState.Status;
import io.temporal.api.sdk.v1.WorkflowMetadata;
import io.temporal.client.WorkflowStub;
import io.temporal.common.SearchAttributes;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What is around the walk: settings, begin and end, search, carried results, several histories. */
class RunEnvelopeTest {

  private static final Recipe SIX = FakeStages.sixStages();

  @Test
  void carriedResultsAreNotMadeAgain() {
    ScriptedStages stages = ScriptedStages.thatSucceed();
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run =
          rig.started(
              new RecipeRun(
                  "demo",
                  SIX,
                  RunSettings.NONE,
                  Map.of("base", HeldStages.result("base"), "sft", HeldStages.result("sft"))));
      assertThat(run.getResult(RecipeOutcome.class).stages()).hasSize(6);
      assertThat(stages.order()).doesNotContain("base", "sft").hasSize(4);
      assertThat(stages.request("eval").inputs()).containsKeys("base", "sft", "rl@5");
    }
  }

  @Test
  void aCarriedResultOfAnotherStageIsRefused() {
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatSucceed())) {
      WorkflowStub run =
          rig.started(
              new RecipeRun(
                  "demo", SIX, RunSettings.NONE, Map.of("base", HeldStages.result("sft"))));
      Throwable failure = catchThrowable(() -> run.getResult(RecipeOutcome.class));
      assertThat(((ApplicationFailure) failure.getCause()).getType()).isEqualTo("InvalidSpec");
    }
  }

  @Test
  void aLongRunGoesOnInANewHistoryAndRunsNothingTwice() {
    ScriptedStages stages = ScriptedStages.thatSucceed();
    try (WorkflowRig rig = new WorkflowRig(ShortHistory.class, stages)) {
      WorkflowStub run = rig.started(SIX);
      RecipeOutcome outcome = run.getResult(RecipeOutcome.class);
      assertThat(outcome.stages().values())
          .extracting(StageState::status)
          .containsOnly(Status.FINISHED);
      assertThat(stages.order()).hasSize(6).doesNotHaveDuplicates();
      assertThat(rig.history(run.getExecution().getRunId()))
          .contains("EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW");
    }
  }

  @Test
  void aNewHistoryKnowsWhatFailedWhatWasMovedAndWhereTheRunIsTracked() {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch second = new CountDownLatch(1);
    HeldStages stages =
        new HeldStages()
            .next("bad", HeldStages.fails("TrainingDiverged"))
            .next("a", HeldStages.until(first))
            .next("b", HeldStages.until(second));
    FakeRuns runs = new FakeRuns();
    try (WorkflowRig rig = new WorkflowRig(ShortHistory.class, stages, runs)) {
      WorkflowStub run = rig.started(Histories.tracked(FakeStages.twoBranches()));
      rig.until("bad", Status.FAILED);
      rig.live().move("c", "gpu");
      first.countDown();
      stages.awaitStarts("b", 1);
      assertThat(rig.history(run.getExecution().getRunId()))
          .contains("EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW");
      assertThat(rig.status().get("bad").status()).isEqualTo(Status.FAILED);
      assertThat(rig.status().get("after-bad").status()).isEqualTo(Status.BLOCKED);
      assertThat(rig.live().links().links()).containsEntry(RunLinks.MLFLOW_RUN, "4711");
      second.countDown();
      Throwable failure = catchThrowable(() -> run.getResult(RecipeOutcome.class));
      Map<String, StageState> states = RecipeOutcome.of(failure).orElseThrow().stages();
      assertThat(states.get("c").status()).isEqualTo(Status.FINISHED);
      assertThat(states.get("after-bad").status()).isEqualTo(Status.BLOCKED);
      assertThat(stages.started()).containsOnlyOnce("bad");
      assertThat(stages.queues()).contains("c on gpu");
      assertThat(runs.told())
          .containsExactly("begin demo", "end demo failed [bad, after-bad, a, b, c]");
      // A tracker knows the run by the recipe that was asked for.
      assertThat(runs.queues()).last().isEqualTo(runs.queuesAtBegin());
    }
  }

  @Test
  void theEndOfARunIsToldWithTheRecipeThatWasAskedFor() {
    CountDownLatch go = new CountDownLatch(1);
    HeldStages stages = new HeldStages().next("sft", HeldStages.until(go));
    FakeRuns runs = new FakeRuns();
    try (WorkflowRig rig = new WorkflowRig(stages, runs)) {
      WorkflowStub run = rig.started(Histories.trackedRun());
      stages.awaitStarts("sft", 1);
      rig.live().move("rl", "gpu");
      go.countDown();
      run.getResult(RecipeOutcome.class);
      assertThat(stages.queues()).contains("rl on gpu");
      assertThat(runs.queues()).containsExactly(runs.queuesAtBegin());
    }
  }

  @Test
  void aStageThatIsStartedAgainWhileTheEndIsToldIsWaitedFor() throws InterruptedException {
    CountDownLatch mayEnd = new CountDownLatch(1);
    CountDownLatch again = new CountDownLatch(1);
    HeldStages stages =
        new HeldStages().next("rm", HeldStages.fails("GateNotMet"), HeldStages.until(again));
    FakeRuns runs = FakeRuns.whoseEndWaits(mayEnd);
    try (WorkflowRig rig = new WorkflowRig(stages, runs)) {
      WorkflowStub run = rig.started(Histories.trackedRun());
      runs.awaitEnd();
      rig.live().retry("rm");
      stages.awaitStarts("rm", 2);
      mayEnd.countDown();
      rig.untilEvents("ACTIVITY_TASK_COMPLETED", runs.told().size() + 3);
      again.countDown();
      assertThat(run.getResult(RecipeOutcome.class).stages().values())
          .extracting(StageState::status)
          .containsOnly(Status.FINISHED);
      assertThat(runs.told())
          .containsExactly(
              "begin demo",
              "end demo failed [base, sft, rm, rm-heldout, rl, eval]",
              "end demo finished [base, sft, rm, rm-heldout, rl, eval]");
    }
  }

  @Test
  void aStageThatFailsAgainWhileTheEndIsToldIsTold() throws InterruptedException {
    CountDownLatch mayEnd = new CountDownLatch(1);
    HeldStages stages =
        new HeldStages()
            .next("rm", HeldStages.fails("GateNotMet"), HeldStages.fails("TrainingDiverged"));
    FakeRuns runs = FakeRuns.whoseEndWaits(mayEnd);
    try (WorkflowRig rig = new WorkflowRig(stages, runs)) {
      WorkflowStub run = rig.started(Histories.trackedRun());
      runs.awaitEnd();
      rig.live().retry("rm");
      rig.until(
          states ->
              states
                  .get("rm")
                  .failure()
                  .filter(problem -> problem.type().equals("TrainingDiverged"))
                  .isPresent(),
          "rm fails otherwise");
      mayEnd.countDown();
      Throwable failure = catchThrowable(() -> run.getResult(RecipeOutcome.class));
      assertThat(((ApplicationFailure) failure.getCause()).getType()).isEqualTo("TrainingDiverged");
      assertThat(runs.told()).hasSize(3);
    }
  }

  @Test
  void aRunThatIsCancelledWhileItsEndIsToldIsCancelledForAll() throws InterruptedException {
    CountDownLatch mayEnd = new CountDownLatch(1);
    FakeRuns runs = FakeRuns.whoseEndWaits(mayEnd);
    HeldStages stages = new HeldStages().next("rm", HeldStages.fails("GateNotMet"));
    try (WorkflowRig rig = new WorkflowRig(stages, runs)) {
      WorkflowStub run = rig.started(Histories.trackedRun());
      runs.awaitEnd();
      rig.cancel();
      rig.untilEvents("CANCEL_REQUESTED", 1);
      assertThatThrownBy(() -> rig.live().retry("rm"))
          .hasStackTraceContaining("cancelled and cannot be retried");
      mayEnd.countDown();
      assertThat(catchThrowable(() -> run.getResult(RecipeOutcome.class)))
          .hasCauseInstanceOf(CanceledFailure.class);
      assertThat(run.describe().getTypedSearchAttributes().get(SearchKeys.STATUS))
          .isEqualTo("cancelled");
      assertThat(runs.told()).last().asString().startsWith("end demo cancelled");
    }
  }

  @Test
  void aTrackedRunTellsOfBeginAndEnd() {
    FakeRuns runs = new FakeRuns();
    ScriptedStages stages = ScriptedStages.thatSucceed();
    try (WorkflowRig rig = new WorkflowRig(stages, runs)) {
      rig.started(Histories.trackedRun()).getResult(RecipeOutcome.class);
      assertThat(runs.told())
          .containsExactly("begin demo", "end demo finished [base, sft, rm, rm-heldout, rl, eval]");
      assertThat(stages.request("eval").store()).isEqualTo("s3://a/b");
      assertThat(rig.live().links().links()).containsEntry("mlflow.url", "http://there/4711");
    }
  }

  @Test
  void aRunThatHasEndedIsNotOpenForLongerThanItIsToldFor() {
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatSucceed(), new FakeRuns())) {
      WorkflowStub run = rig.started(Histories.trackedRun());
      run.getResult(RecipeOutcome.class);
      assertThat(rig.client().fetchHistory(run.getExecution().getWorkflowId()).getEvents())
          .filteredOn(
              event ->
                  event
                      .getActivityTaskScheduledEventAttributes()
                      .getActivityType()
                      .getName()
                      .equals("endRun"))
          .singleElement()
          .satisfies(
              event ->
                  assertThat(
                          event
                              .getActivityTaskScheduledEventAttributes()
                              .getScheduleToCloseTimeout()
                              .getSeconds())
                      .isEqualTo(10));
    }
  }

  @Test
  void aTrackerThatIsAwayHoldsNothingUp() {
    for (String refused : List.of("begin", "end")) {
      try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatSucceed(), new FakeRuns(refused))) {
        RecipeOutcome outcome = rig.started(Histories.trackedRun()).getResult(RecipeOutcome.class);
        assertThat(outcome.stages().values())
            .extracting(StageState::status)
            .containsOnly(Status.FINISHED);
      }
    }
  }

  @Test
  void aCancelledRunTellsOfItsEnd() {
    FakeRuns runs = new FakeRuns();
    HeldStages stages = new HeldStages().next("base", HeldStages.untilCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages, runs)) {
      WorkflowStub run = rig.started(Histories.trackedRun());
      stages.awaitStarts("base", 1);
      run.cancel();
      assertThat(catchThrowable(() -> run.getResult(RecipeOutcome.class))).isNotNull();
      assertThat(runs.told()).last().asString().startsWith("end demo cancelled");
    }
  }

  @Test
  void aRunIsFoundByWhatItIsAndByTheStageThatRuns() {
    CountDownLatch go = new CountDownLatch(1);
    HeldStages stages = new HeldStages().next("base", HeldStages.until(go));
    try (WorkflowRig rig = new WorkflowRig(stages, new FakeRuns())) {
      WorkflowStub run = rig.started(Histories.trackedRun());
      stages.awaitStarts("base", 1);
      SearchAttributes found = run.describe().getTypedSearchAttributes();
      assertThat(found.get(SearchKeys.RUN)).isEqualTo("demo");
      assertThat(found.get(SearchKeys.RECIPE)).isEqualTo("six-stages");
      assertThat(found.get(SearchKeys.STATUS)).isEqualTo("running");
      assertThat(found.get(SearchKeys.MLFLOW_RUN)).isEqualTo("4711");
      assertThat(found.get(SearchKeys.STAGE)).containsExactly("base");
      go.countDown();
      run.getResult(RecipeOutcome.class);
      assertThat(run.describe().getTypedSearchAttributes().get(SearchKeys.STATUS))
          .isEqualTo("finished");
    }
  }

  @Test
  void theDetailsOfARunAreATableOfItsStages() {
    try (WorkflowRig rig =
        new WorkflowRig(ScriptedStages.thatFailForGood("rm", "TrainingDiverged"))) {
      WorkflowStub run = rig.started(SIX);
      assertThat(catchThrowable(() -> run.getResult(RecipeOutcome.class))).isNotNull();
      String details =
          run.query("__temporal_workflow_metadata", WorkflowMetadata.class).getCurrentDetails();
      assertThat(details)
          .contains("Run is **failed**")
          .contains("| base | finished | 10 steps, last attempt 1 s |")
          .contains("| rm | failed | TrainingDiverged: loss is NaN at step 3 |")
          .contains("| rl | blocked | Blocked: its input 'rm' was not made |");
    }
  }
}
