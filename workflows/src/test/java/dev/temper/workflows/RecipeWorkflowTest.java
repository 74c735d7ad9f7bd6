package dev.temper.workflows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.temper.recipes.Recipe;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Stage;
import dev.temper.workflows.StageState.Status;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.failure.CanceledFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RecipeWorkflowTest {

  @Test
  void everyStageIsGivenTheArtifactsOfItsInputs() {
    ScriptedStages stages = ScriptedStages.thatSucceed();
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      RecipeOutcome outcome = rig.run(FakeStages.sixStages());
      assertThat(outcome.stages().keySet())
          .containsExactly("base", "sft", "rm", "rm-heldout", "rl", "eval");
      assertThat(statuses(outcome)).containsOnly(Status.FINISHED);
      assertThat(stages.order().subList(0, 2)).containsExactly("base", "sft");
      assertThat(stages.request("eval").inputs())
          .containsEntry(
              "rl@5", new ResolvedInput("rl", "key-rl", "content-rl", "@5", "snapshots/step-5"))
          .containsEntry("sft", new ResolvedInput("sft", "key-sft", "content-sft", "", ""));
    }
  }

  @Test
  void independentStagesRunAtTheSameTime() {
    CyclicBarrier together = new CyclicBarrier(2);
    ScriptedStages stages =
        new ScriptedStages(
            (request, attempt) -> {
              if (request.stage().name().startsWith("rm")) {
                await(together);
              }
            });
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      assertThat(statuses(rig.run(FakeStages.sixStages()))).containsOnly(Status.FINISHED);
    }
  }

  @Test
  void aFailedStageBlocksOnlyWhatDependsOnIt() {
    try (WorkflowRig rig =
        new WorkflowRig(ScriptedStages.thatFailForGood("rm", "TrainingDiverged"))) {
      Throwable failure = catchThrowable(() -> rig.run(FakeStages.sixStages()));
      assertThat(typed(failure).getType()).isEqualTo("TrainingDiverged");
      assertThat(typed(failure).getOriginalMessage())
          .isEqualTo("stage 'rm' failed: loss is NaN at step 3");
      Map<String, StageState> stages = RecipeOutcome.of(failure).orElseThrow().stages();
      assertThat(stages.get("rm").status()).isEqualTo(Status.FAILED);
      assertThat(stages.get("rm-heldout").status()).isEqualTo(Status.FINISHED);
      assertThat(stages.get("rl").status()).isEqualTo(Status.BLOCKED);
      assertThat(stages.get("rl").failure().orElseThrow().message())
          .isEqualTo("its input 'rm' was not made");
      assertThat(stages.get("eval").status()).isEqualTo(Status.BLOCKED);
      assertThat(rig.status()).isEqualTo(stages);
    }
  }

  @Test
  void anythingElseIsTriedAgain() {
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatFailFirst("sft", 2))) {
      RecipeOutcome outcome = rig.run(FakeStages.sixStages());
      assertThat(outcome.stages().get("sft").result().orElseThrow().attempts()).isEqualTo(3);
    }
  }

  @Test
  void aStageThatRunsOutOfMemoryGoesOnWithHalfItsMicroBatchUntilThereIsOneRow() {
    List<Integer> asked = new CopyOnWriteArrayList<>();
    ScriptedStages stages =
        new ScriptedStages(
            (request, attempt) -> {
              if (request.stage().spec() instanceof SftSpec sft) {
                asked.add(sft.microBatch());
                if (sft.microBatch() > 3) {
                  throw ApplicationFailure.newNonRetryableFailure("no memory", "OutOfMemory");
                }
              }
            });
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      RecipeOutcome outcome = rig.run(FakeStages.trained(16));
      assertThat(statuses(outcome)).containsOnly(Status.FINISHED);
      assertThat(asked).containsExactly(16, 8, 4, 2);
      assertThat(stages.order()).containsExactly("base", "sft", "sft", "sft", "sft", "eval");
      Stage halved = stages.request("sft").stage();
      assertThat(halved.with(FakeStages.trained(16).stages().get(1).spec()))
          .isEqualTo(FakeStages.trained(16).stages().get(1));
    }
  }

  @Test
  void aStageThatHasNothingToHalveFailsWithWhatItLacks() {
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatFailForGood("sft", "OutOfMemory"))) {
      Throwable failure = catchThrowable(() -> rig.run(FakeStages.trained(2)));
      assertThat(typed(failure).getType()).isEqualTo("OutOfMemory");
      Map<String, StageState> stages = RecipeOutcome.of(failure).orElseThrow().stages();
      assertThat(stages.get("sft").status()).isEqualTo(Status.FAILED);
      assertThat(stages.get("eval").status()).isEqualTo(Status.BLOCKED);
    }
  }

  @Test
  void aGateThatIsNotMetFailsTheStageEvenIfItsArtifactIsThere() {
    Stage gated =
        FakeStages.gated(
            FakeStages.stage("sft", "base"),
            new Stage.Gate("eval/accuracy", Optional.of(0.9), Optional.empty()));
    Recipe recipe =
        new Recipe(
            "gated", 7, List.of(FakeStages.stage("base"), gated, FakeStages.stage("rm", "sft")));
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatSucceed())) {
      Throwable failure = catchThrowable(() -> rig.run(recipe));
      assertThat(typed(failure).getType()).isEqualTo("GateNotMet");
      Map<String, StageState> stages = RecipeOutcome.of(failure).orElseThrow().stages();
      assertThat(stages.get("sft").failure().orElseThrow().message())
          .isEqualTo(
              "gate of stage 'sft' was not met: eval/accuracy must be at least 0.9, got 0.7");
      assertThat(stages.get("sft").result()).isPresent();
      assertThat(stages.get("rm").status()).isEqualTo(Status.BLOCKED);
    }
  }

  @Test
  void anOutputThatAStageDoesNotHaveIsNamed() {
    Recipe recipe =
        new Recipe(
            "wrong", 7, List.of(FakeStages.stage("base"), FakeStages.stage("eval", "base@7")));
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatSucceed())) {
      Throwable failure = catchThrowable(() -> rig.run(recipe));
      assertThat(typed(failure).getType()).isEqualTo("InvalidSpec");
      assertThat(failure)
          .hasStackTraceContaining(
              "stage 'eval' reads 'base@7', but 'base' has the outputs [, @5]");
    }
  }

  @Test
  void aStageThatReadsALaterOneIsRefused() {
    Recipe recipe =
        new Recipe("wrong", 7, List.of(FakeStages.stage("sft", "base"), FakeStages.stage("base")));
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatSucceed())) {
      Throwable failure = catchThrowable(() -> rig.run(recipe));
      assertThat(typed(failure).getType()).isEqualTo("InvalidSpec");
    }
  }

  @Test
  void statusTellsWhatRuns() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ScriptedStages stages =
        new ScriptedStages(
            (request, attempt) -> {
              started.countDown();
              await(go);
            });
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub stub = rig.started(FakeStages.sixStages());
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      Map<String, StageState> status = rig.status();
      assertThat(status.get("base").status()).isEqualTo(Status.RUNNING);
      assertThat(status.get("sft").status()).isEqualTo(Status.PENDING);
      go.countDown();
      assertThat(stub.getResult(RecipeOutcome.class).stages()).hasSize(6);
    }
  }

  @Test
  void aCancelledRunEndsAsCancelled() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    ScriptedStages stages =
        new ScriptedStages(
            (request, attempt) -> {
              started.countDown();
              Heartbeats.untilCancelled();
            });
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub stub = rig.started(FakeStages.sixStages());
      assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
      stub.cancel();
      Throwable failure = catchThrowable(() -> stub.getResult(RecipeOutcome.class));
      assertThat(failure).isInstanceOf(WorkflowFailedException.class);
      assertThat(failure.getCause()).isInstanceOf(CanceledFailure.class);
      assertThat(rig.status().get("base").status()).isEqualTo(Status.CANCELLED);
    }
  }

  private static List<Status> statuses(RecipeOutcome outcome) {
    return outcome.stages().values().stream().map(StageState::status).toList();
  }

  private static ApplicationFailure typed(Throwable failure) {
    assertThat(failure).isInstanceOf(WorkflowFailedException.class);
    return (ApplicationFailure) failure.getCause();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
