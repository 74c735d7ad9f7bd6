package dev.temper.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.workflows.StageState.Status;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.client.WorkflowUpdateException;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

class LiveOperationsTest {

  private static final Recipe CHAIN =
      new Recipe("chain", 7, List.of(FakeStages.stage("base"), FakeStages.stage("sft", "base")));

  private final HeldStages stages = new HeldStages();

  @Test
  void aPausedStageEndsAndGoesOnOnceTheRunIsResumed() {
    stages.next("base", HeldStages.untilCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().pause();
      rig.until("base", Status.PAUSED);
      assertThat(rig.status().get("sft").status()).isEqualTo(Status.PENDING);
      rig.live().resume();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
      assertThat(stages.started()).containsExactly("base", "base", "sft");
    }
  }

  @Test
  void aStageThatFinishesWhileItIsPausedIsFinishedAndNothingElseStarts() {
    stages.next("base", HeldStages.finishesWhenCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().pause();
      rig.until("base", Status.FINISHED);
      assertThat(rig.status().get("sft").status()).isEqualTo(Status.PENDING);
      rig.live().resume();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
      assertThat(stages.started()).containsExactly("base", "sft");
    }
  }

  @Test
  void aStageThatFailsForGoodWhileItIsPausedHasFailed() {
    stages.next("base", HeldStages.failsWhenCancelled("TrainingDiverged"));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().pause();
      Throwable failure = catchThrowable(() -> run.getResult(RecipeOutcome.class));
      Map<String, StageState> states = RecipeOutcome.of(failure).orElseThrow().stages();
      assertThat(states.get("base").failure().orElseThrow().type()).isEqualTo("TrainingDiverged");
      assertThat(states.get("sft").status()).isEqualTo(Status.BLOCKED);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "temper.test.temporal", matches = ".+")
  void aWorkerThatDiesInThePauseKeepsTheStagePausedAndAnotherGoesOn() {
    stages.next("base", stages.diesWhenCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(impatient());
      stages.awaitStarts("base", 1);
      rig.live().pause();
      rig.until("base", Status.PAUSED);
      rig.live().resume();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
      stages.end();
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "temper.test.temporal", matches = ".+")
  void aWorkerThatShutsDownInThePauseKeepsTheStagePaused() {
    stages.next("base", HeldStages.shutsDownWhenCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().pause();
      rig.until("base", Status.PAUSED);
      rig.live().resume();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
    }
  }

  @Test
  void aRunThatIsResumedBeforeItsStagesEndedGoesOnAllTheSame() {
    stages.next("base", HeldStages.untilCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().pause();
      rig.live().resume();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
    }
  }

  @Test
  void aStageInBackOffIsPausedAtOnceAndStartsAtOnce() {
    stages.next("base", HeldStages.failsUntilLater());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().pause();
      rig.until("base", Status.PAUSED);
      rig.live().resume();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
    }
  }

  @Test
  void aStageInBackOffThatIsRetriedStartsAtOnce() {
    stages.next("base", HeldStages.failsUntilLater());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().retry("base");
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
      assertThat(stages.started()).containsExactly("base", "base", "sft");
    }
  }

  @Test
  void aFailedStageThatIsRetriedTakesWithItWhatItBlocked() {
    CountDownLatch heldout = new CountDownLatch(1);
    stages
        .next("rm", HeldStages.fails("TrainingDiverged"))
        .next("rm-heldout", HeldStages.until(heldout));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(FakeStages.sixStages());
      rig.until("eval", Status.BLOCKED);
      assertThat(rig.status().get("rm").status()).isEqualTo(Status.FAILED);
      rig.live().retry("rm");
      heldout.countDown();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
    }
  }

  @Test
  void whatStillLacksAnotherInputStaysBlocked() {
    CountDownLatch free = new CountDownLatch(1);
    stages
        .next("a", HeldStages.fails("TrainingDiverged"))
        .next("b", HeldStages.fails("DataContract"))
        .next("c", HeldStages.until(free));
    Recipe recipe =
        new Recipe(
            "wide",
            7,
            List.of(
                FakeStages.stage("a"),
                FakeStages.stage("b"),
                FakeStages.stage("c"),
                FakeStages.stage("d", "a", "b")));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(recipe);
      rig.until("a", Status.FAILED);
      rig.until("b", Status.FAILED);
      rig.live().retry("a");
      rig.until("a", Status.FINISHED);
      assertThat(rig.status().get("d").failure().orElseThrow().message())
          .isEqualTo("its input 'b' was not made");
      rig.live().retry("b");
      free.countDown();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
    }
  }

  @Test
  void aStageThatWasMovedStartsOnItsNewQueue() {
    CountDownLatch go = new CountDownLatch(1);
    stages.next("base", HeldStages.until(go));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().move("sft", "gpu");
      go.countDown();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
      assertThat(stages.queues()).containsExactly("base on local", "sft on gpu");
    }
  }

  @Test
  void aStageOnAQueueThatNobodyServesIsPausedMovedAndResumed() {
    Recipe lost = new Recipe("lost", 7, List.of(FakeStages.stage("base").on("nobody")));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(lost);
      rig.until("base", Status.RUNNING);
      rig.live().pause();
      rig.until("base", Status.PAUSED);
      rig.live().move("base", "gpu");
      rig.live().resume();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
      assertThat(stages.queues()).containsExactly("base on gpu");
    }
  }

  @Test
  void whatMakesNoSenseIsRefusedWithTheReason() {
    CountDownLatch go = new CountDownLatch(1);
    stages.next("sft", HeldStages.until(go));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(FakeStages.sixStages());
      rig.until("sft", Status.RUNNING);
      RecipeWorkflow live = rig.live();
      refused(live::resume, "the run is not paused, there is nothing to resume");
      refused(() -> live.retry("rm-held"), "got 'rm-held'; did you mean 'rm-heldout'?");
      refused(() -> live.retry("base"), "stage 'base' is finished, there is nothing to retry");
      refused(() -> live.retry("rm"), "stage 'rm' was not started, there is nothing to retry");
      refused(() -> live.move("eval", " "), "queue must not be empty, got ' '");
      refused(() -> live.move("evil", "gpu"), "got 'evil'; did you mean 'eval'?");
      refused(() -> live.move("sft", "gpu"), "stage 'sft' was started already");
      refused(() -> live.move("base", "gpu"), "stage 'base' is finished");
      live.pause();
      refused(live::pause, "the run is paused already; resume lets it go on");
      rig.until("sft", Status.PAUSED);
      refused(() -> live.retry("sft"), "stage 'sft' is paused; resume lets it go on");
      // A refusal leaves no trace, so that a replay does not depend on its wording.
      assertThat(rig.events("WORKFLOW_EXECUTION_UPDATE_ACCEPTED")).hasSize(1);
      live.resume();
      go.countDown();
      assertThat(statuses(run)).containsOnly(Status.FINISHED);
    }
  }

  @Test
  void aBlockedStageIsRefusedWithWhatToRetryInstead() {
    CountDownLatch heldout = new CountDownLatch(1);
    stages
        .next("rm", HeldStages.fails("TrainingDiverged"))
        .next("rm-heldout", HeldStages.until(heldout));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(FakeStages.sixStages());
      rig.until("rl", Status.BLOCKED);
      refused(() -> rig.live().retry("rl"), "retry one of [rm]");
      heldout.countDown();
      assertThat(catchThrowable(() -> run.getResult(RecipeOutcome.class)))
          .isInstanceOf(WorkflowFailedException.class);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "temper.test.temporal", matches = ".+")
  void aCancelledRunEndsThoughAWorkerDiesMeanwhile() {
    stages.next("base", stages.diesWhenCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(impatient());
      stages.awaitStarts("base", 1);
      run.cancel();
      cancelled(run);
      assertThat(rig.status().values())
          .extracting(StageState::status)
          .containsOnly(Status.CANCELLED);
      stages.end();
    }
  }

  @Test
  void aPausedRunCanBeCancelled() {
    stages.next("base", HeldStages.untilCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      rig.live().pause();
      rig.until("base", Status.PAUSED);
      run.cancel();
      cancelled(run);
      assertThat(rig.status().values())
          .extracting(StageState::status)
          .containsOnly(Status.CANCELLED);
    }
  }

  @Test
  void aCancelledRunKeepsWhatFinishedMeanwhile() {
    stages.next("base", HeldStages.finishesWhenCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(CHAIN);
      stages.awaitStarts("base", 1);
      run.cancel();
      cancelled(run);
      assertThat(rig.status().get("base").status()).isEqualTo(Status.FINISHED);
      assertThat(rig.status().get("sft").status()).isEqualTo(Status.CANCELLED);
    }
  }

  /** With a heartbeat timeout that a test can wait for. */
  private static Recipe impatient() {
    Stage base = FakeStages.stage("base");
    Stage watched =
        new Stage(
            base.name(),
            base.spec(),
            base.queue(),
            0,
            base.retry(),
            Optional.empty(),
            Optional.of(new Stage.Timeouts(Optional.of(1.0), Optional.empty())));
    return new Recipe("chain", 7, List.of(watched, FakeStages.stage("sft", "base")));
  }

  private static void cancelled(WorkflowStub run) {
    Throwable failure = catchThrowable(() -> run.getResult(RecipeOutcome.class));
    assertThat(failure).isInstanceOf(WorkflowFailedException.class);
    assertThat(failure.getCause()).isInstanceOf(CanceledFailure.class);
  }

  private static void refused(Runnable operation, String why) {
    assertThatThrownBy(operation::run)
        .isInstanceOf(WorkflowUpdateException.class)
        .hasStackTraceContaining(why);
  }

  private static List<Status> statuses(WorkflowStub run) {
    return run.getResult(RecipeOutcome.class).stages().values().stream()
        .map(StageState::status)
        .toList();
  }
}
