package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.ModelSpec;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StepwiseTask;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RecipeWorkflow;
import dev.temper.workflows.RecipeWorkflowImpl;
import dev.temper.workflows.StageDataConverter;
import dev.temper.workflows.StageResult;
import dev.temper.workflows.StageState;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.failure.ApplicationFailure;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StageActivitiesTest {

  private static final String QUEUE = "local";

  @TempDir Path folder;

  @Test
  void aRecipeEndsAsACleanOneThoughItsStagesFailNowAndThen() throws Exception {
    Recipe recipe = FakeStages.sixStages(12, 4);
    Rig cleanRig = new Rig(folder.resolve("clean"));
    Map<String, StageState> clean = outcome(cleanRig, recipe).stages();
    AtomicInteger steps = new AtomicInteger();
    Rig rig =
        new Rig(folder.resolve("failing"))
            .failing(
                (moment, kind) -> {
                  if (moment.equals("stage.step") && steps.incrementAndGet() % 19 == 0) {
                    throw new UncheckedIOException(new java.io.IOException("now and then"));
                  }
                });
    Map<String, StageState> failing = outcome(rig, recipe).stages();
    long attempts = 0;
    for (Stage stage : recipe.stages()) {
      StageResult result = failing.get(stage.name()).result().orElseThrow();
      assertThat(result.content())
          .isEqualTo(clean.get(stage.name()).result().orElseThrow().content());
      assertThat(rig.metricLines("demo", stage.name()))
          .isEqualTo(cleanRig.metricLines("demo", stage.name()));
      attempts += result.attempts();
    }
    assertThat(attempts).isGreaterThan(6);
    assertThat(rig.told()).anyMatch(told -> told.contains("IOException last=false"));
  }

  @Test
  void aFailureFromTheClosedListIsNotTriedAgain() {
    AtomicInteger attempts = new AtomicInteger();
    Rig rig =
        new Rig(folder)
            .buggy(
                new FakeBugs() {
                  @Override
                  public void beforeStep(long step) {
                    attempts.incrementAndGet();
                    throw new StageFailure(
                        StageFailure.Type.DATA_CONTRACT, "rows.jsonl:7: no prompt");
                  }
                });
    ApplicationFailure failure = failure(rig);
    assertThat(failure.getType()).isEqualTo("DataContract");
    assertThat(failure.getOriginalMessage())
        .isEqualTo("stage 'base' failed: rows.jsonl:7: no prompt");
    assertThat(attempts).hasValue(1);
    assertThat(rig.told()).contains("failed demo base DataContract last=true");
  }

  @Test
  void threeFailuresAlikeAtOneStepAreNoProgress() {
    AtomicInteger attempts = new AtomicInteger();
    Rig rig =
        new Rig(folder)
            .buggy(
                new FakeBugs() {
                  @Override
                  public void beforeStep(long step) {
                    if (step == 7) {
                      attempts.incrementAndGet();
                      throw new IllegalStateException("always here");
                    }
                  }
                });
    ApplicationFailure failure = failure(rig);
    assertThat(failure.getType()).isEqualTo("NoProgress");
    assertThat(failure.getOriginalMessage())
        .contains("3 attempts in a row failed alike at step 6")
        .contains("always here");
    assertThat(attempts).hasValue(3);
  }

  @Test
  void aStageThatFailedForGoodHasFailedAlsoWhereThatCannotBeNoted() {
    AtomicInteger attempts = new AtomicInteger();
    Rig rig =
        new Rig(folder)
            .buggy(
                new FakeBugs() {
                  @Override
                  public void beforeStep(long step) {
                    attempts.incrementAndGet();
                    throw new IllegalStateException("always here");
                  }
                });
    StageActivitiesImpl activities =
        new StageActivitiesImpl(rig.driver(), new FullDiskTracker(rig.tracker()));
    try (TestWorkflowEnvironment environment = environment(activities)) {
      WorkflowStub running = start(environment, one());
      Throwable failure = catchThrowable(() -> running.getResult(RecipeOutcome.class));
      assertThat(((ApplicationFailure) failure.getCause()).getType()).isEqualTo("NoProgress");
    }
    assertThat(attempts).hasValue(3);
  }

  @Test
  void failuresThatAreNotAlikeAreTriedAgainAndAgain() {
    AtomicInteger attempts = new AtomicInteger();
    Rig rig =
        new Rig(folder)
            .buggy(
                new FakeBugs() {
                  @Override
                  public void beforeStep(long step) {
                    if (step == 7 && attempts.incrementAndGet() <= 5) {
                      throw attempts.get() % 2 == 0
                          ? new IllegalStateException("odd")
                          : new IllegalArgumentException("even");
                    }
                  }
                });
    RecipeOutcome outcome = outcome(rig, one());
    assertThat(outcome.stages().get("base").result().orElseThrow().attempts()).isEqualTo(6);
  }

  @Test
  void aStoppedStageSavesAndNoneBeginsAfterwards() throws Exception {
    CountDownLatch midway = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    AtomicBoolean once = new AtomicBoolean();
    Rig rig =
        new Rig(folder)
            .buggy(
                new FakeBugs() {
                  @Override
                  public void beforeStep(long step) {
                    if (step == 8 && once.compareAndSet(false, true)) {
                      midway.countDown();
                      StageDriverTest.await(stopping);
                    }
                  }
                });
    StageActivitiesImpl activities = new StageActivitiesImpl(rig.driver(), rig.tracker());
    try (TestWorkflowEnvironment environment = environment(activities)) {
      start(environment, one());
      StageDriverTest.await(midway);
      assertThat(activities.stop(Duration.ZERO)).isFalse();
      stopping.countDown();
      assertThat(activities.stop(Duration.ofSeconds(60))).isTrue();
    }
    assertThat(rig.told()).contains("note demo base stopped at step 8, saved");
    RecipeOutcome outcome = outcome(rig, one());
    assertThat(outcome.stages().get("base").result().orElseThrow().resumedFromStep()).isEqualTo(8);
    assertThat(rig.executedSteps("demo", "base")).isEqualTo(20);
  }

  @Test
  void aStageThatRunsOutOfMemoryBecomesTheOneThatASmallerMicroBatchIs() throws Exception {
    Rig small = new Rig(folder.resolve("small")).running(StageActivitiesTest::withLittleMemory);
    StageResult asked = outcome(small, pretraining(2)).stages().get("base").result().orElseThrow();
    Rig rig = new Rig(folder.resolve("large")).running(StageActivitiesTest::withLittleMemory);
    StageResult halved = outcome(rig, pretraining(8)).stages().get("base").result().orElseThrow();

    assertThat(halved.key()).isEqualTo(asked.key());
    assertThat(halved.content()).isEqualTo(asked.content());
    assertThat(halved.resumedFromStep()).isZero();
    assertThat(rig.metricLines("demo", "base")).isEqualTo(small.metricLines("demo", "base"));
    assertThat(rig.told())
        .filteredOn(told -> told.equals("failed demo base OutOfMemory last=false"))
        .hasSize(2);
  }

  /** Steps over two rows at most; the eighth finds no memory for more. */
  private static StepwiseTask withLittleMemory(
      StageContext context, Optional<CheckpointReader> from) throws IOException {
    PretrainSpec spec = (PretrainSpec) context.spec();
    FakeBugs bugs =
        new FakeBugs() {
          @Override
          public void beforeStep(long step) {
            if (step == 8 && spec.microBatchRows() > 2) {
              throw new StageFailure(StageFailure.Type.OUT_OF_MEMORY, "no memory");
            }
          }
        };
    StageSpec counted = FakeStages.stage("base", 1, 20, 10).spec();
    return FakeTask.factory(bugs)
        .open(new StageContext(counted, context.inputs(), context.compute()), from);
  }

  private static Recipe pretraining(int microBatchRows) {
    PretrainSpec spec =
        new PretrainSpec(
            new DataSource.File("rows.jsonl", "ab", 0),
            Optional.empty(),
            "kind-notes",
            new ModelSpec("llama", 16, 1, 2, 1, 32, true, 10_000, 128, 0.125),
            20,
            16,
            24,
            microBatchRows,
            1e-2,
            new OptimizerSpec("constant", 0, 0, 0, 0.9, 0.95, 1e-8, 1),
            20,
            new PanelSpec(Optional.empty(), 0, 20, new SamplingSpec(1, 8, 4, 2)),
            7,
            new Numerics("float32", "cpu"));
    return new Recipe("one", 7, List.of(FakeStages.stage("base", 1, 20, 10).with(spec)));
  }

  private static Recipe one() {
    return new Recipe("one", 7, List.of(FakeStages.stage("base", 1, 20, 10)));
  }

  private static ApplicationFailure failure(Rig rig) {
    Throwable failure = catchThrowable(() -> outcome(rig, one()));
    return (ApplicationFailure) failure.getCause();
  }

  private static RecipeOutcome outcome(Rig rig, Recipe recipe) {
    StageActivitiesImpl activities = new StageActivitiesImpl(rig.driver(), rig.tracker());
    try (TestWorkflowEnvironment environment = environment(activities)) {
      return start(environment, recipe).getResult(RecipeOutcome.class);
    }
  }

  private static TestWorkflowEnvironment environment(StageActivitiesImpl activities) {
    TestWorkflowEnvironment environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(StageDataConverter.of(FakeStages.JSON))
                        .build())
                .build());
    Worker worker =
        environment.newWorker(
            QUEUE,
            WorkerOptions.newBuilder()
                .setMaxHeartbeatThrottleInterval(Duration.ofMillis(100))
                .build());
    worker.registerWorkflowImplementationTypes(RecipeWorkflowImpl.class);
    worker.registerActivitiesImplementations(activities);
    environment.start();
    return environment;
  }

  private static WorkflowStub start(TestWorkflowEnvironment environment, Recipe recipe) {
    WorkflowStub stub =
        WorkflowStub.fromTyped(
            environment
                .getWorkflowClient()
                .newWorkflowStub(
                    RecipeWorkflow.class,
                    WorkflowOptions.newBuilder()
                        .setWorkflowId("demo")
                        .setTaskQueue(QUEUE)
                        .build()));
    stub.start(new RecipeRun("demo", recipe));
    return stub;
  }
}
