package dev.temper.workflows;

import dev.temper.recipes.Recipe;
import dev.temper.recipes.RecipeJson;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.Map;

/** A service with a worker for one set of activities. */
final class WorkflowRig implements AutoCloseable {

  private static final String QUEUE = "local";

  private final TestWorkflowEnvironment environment;

  WorkflowRig(StageActivities activities) {
    environment =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setIdentity("embedded")
                        .setDataConverter(StageDataConverter.of(RecipeJson.mapper()))
                        .build())
                .build());
    Worker worker =
        environment.newWorker(
            QUEUE,
            WorkerOptions.newBuilder()
                .setIdentity("embedded")
                .setMaxHeartbeatThrottleInterval(Duration.ofMillis(100))
                .build());
    worker.registerWorkflowImplementationTypes(RecipeWorkflowImpl.class);
    worker.registerActivitiesImplementations(activities);
    environment.start();
  }

  WorkflowClient client() {
    return environment.getWorkflowClient();
  }

  RecipeOutcome run(Recipe recipe) {
    return started(recipe).getResult(RecipeOutcome.class);
  }

  WorkflowStub started(Recipe recipe) {
    WorkflowStub stub =
        client()
            .newUntypedWorkflowStub(
                "RecipeWorkflow",
                WorkflowOptions.newBuilder().setWorkflowId("demo").setTaskQueue(QUEUE).build());
    stub.start(new RecipeRun("demo", recipe));
    return stub;
  }

  Map<String, StageState> status() {
    return client().newWorkflowStub(RecipeWorkflow.class, "demo").status();
  }

  String history() {
    return client().fetchHistory("demo").toJson(true);
  }

  @Override
  public void close() {
    environment.close();
  }
}
