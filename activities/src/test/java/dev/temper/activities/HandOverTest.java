package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.Recipe;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RecipeWorkflow;
import dev.temper.workflows.RecipeWorkflowImpl;
import dev.temper.workflows.RunSettings;
import dev.temper.workflows.StageDataConverter;
import dev.temper.workflows.StageResult;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two workers for one run. */
@Timeout(180)
class HandOverTest {

  private static final String CONTROL = "control";
  private static final String STAGES = "cpu";

  @TempDir Path folder;

  @Test
  void aWorkerThatShutsDownSavesAndAnotherGoesOnFromThere() throws Exception {
    CountDownLatch midway = new CountDownLatch(1);
    CountDownLatch shutdown = new CountDownLatch(1);
    AtomicBoolean once = new AtomicBoolean();
    Rig rig =
        new Rig(folder)
            .buggy(
                new FakeBugs() {
                  @Override
                  public void beforeStep(long step) {
                    if (step == 8 && once.compareAndSet(false, true)) {
                      midway.countDown();
                      StageDriverTest.await(shutdown);
                    }
                  }
                });
    try (TestWorkflowEnvironment environment = environment()) {
      WorkerFactory first =
          worker(environment, new StageActivitiesImpl(rig.driver(), rig.tracker()));
      WorkflowStub run = start(environment, "");
      StageDriverTest.await(midway);
      first.shutdown();
      shutdown.countDown();
      first.awaitTermination(60, TimeUnit.SECONDS);
      WorkerFactory second =
          worker(environment, new StageActivitiesImpl(rig.driver(), rig.tracker()));
      StageResult result = result(run);
      second.shutdownNow();
      assertThat(result.resumedFromStep()).isPositive();
      assertThat(rig.executedSteps("demo", "base")).isEqualTo(20);
      assertThat(rig.told()).noneMatch(told -> told.startsWith("failed"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "s3://b/elsewhere, mine, this one has s3://b/elsewhere",
    "s3://a/here, other, another one of that name"
  })
  void aWorkerWithAnotherStoreLeavesTheStageToOneThatHasIt(String store, String id, String why)
      throws Exception {
    Rig rig = new Rig(folder);
    try (TestWorkflowEnvironment environment = environment()) {
      WorkerFactory wrong =
          worker(environment, new StageActivitiesImpl(rig.driver(), rig.tracker(), store, id));
      WorkflowStub run = start(environment, "s3://a/here");
      while (run.describe().getRawDescription().getPendingActivitiesList().stream()
          .noneMatch(pending -> pending.getLastFailure().getMessage().contains(why))) {
        Thread.onSpinWait();
      }
      wrong.shutdownNow();
      wrong.awaitTermination(60, TimeUnit.SECONDS);
      WorkerFactory right =
          worker(
              environment,
              new StageActivitiesImpl(rig.driver(), rig.tracker(), "s3://a/here", "mine"));
      assertThat(result(run).attempts()).isGreaterThan(1);
      right.shutdownNow();
    }
  }

  private static StageResult result(WorkflowStub run) {
    return run.getResult(RecipeOutcome.class).stages().get("base").result().orElseThrow();
  }

  private static TestWorkflowEnvironment environment() {
    TestWorkflowEnvironment environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setUseTimeskipping(false)
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(StageDataConverter.of(FakeStages.JSON))
                        .build())
                .build());
    environment.newWorker(CONTROL).registerWorkflowImplementationTypes(RecipeWorkflowImpl.class);
    environment.start();
    return environment;
  }

  private static WorkerFactory worker(
      TestWorkflowEnvironment environment, StageActivitiesImpl activities) {
    WorkerFactory factory = WorkerFactory.newInstance(environment.getWorkflowClient());
    Worker worker =
        factory.newWorker(
            STAGES,
            WorkerOptions.newBuilder()
                .setMaxHeartbeatThrottleInterval(Duration.ofMillis(100))
                .build());
    worker.registerActivitiesImplementations(activities);
    factory.start();
    return factory;
  }

  private static WorkflowStub start(TestWorkflowEnvironment environment, String store) {
    WorkflowStub stub =
        WorkflowStub.fromTyped(
            environment
                .getWorkflowClient()
                .newWorkflowStub(
                    RecipeWorkflow.class,
                    WorkflowOptions.newBuilder()
                        .setWorkflowId("demo")
                        .setTaskQueue(CONTROL)
                        .build()));
    Recipe recipe = new Recipe("one", 7, List.of(FakeStages.stage("base", 1, 20, 10)));
    stub.start(
        new RecipeRun(
            "demo",
            recipe,
            new RunSettings(store, STAGES, false, false, store.isEmpty() ? "" : "mine"),
            Map.of()));
    return stub;
  }
}
