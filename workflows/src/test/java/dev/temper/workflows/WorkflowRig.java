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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * A service with a worker for one set of activities.
 *
 * <p>With the system property {@code temper.test.temporal} a real server at that address, which has
 * to know the namespace {@code flowtest} and the {@link SearchKeys}.
 */
final class WorkflowRig implements AutoCloseable {

  private static final String QUEUE = "local";

  private final TestWorkflowEnvironment environment;
  private final String id;

  /** Whether there is a real server to test against. */
  static boolean isReal() {
    return System.getProperty("temper.test.temporal") != null;
  }

  WorkflowRig(Object... activities) {
    this(RecipeWorkflowImpl.class, activities);
  }

  WorkflowRig(Class<? extends RecipeWorkflow> workflow, Object... activities) {
    TestEnvironmentOptions.Builder options =
        TestEnvironmentOptions.newBuilder()
            // Time that is skipped would end a stage that waits for its test.
            .setUseTimeskipping(false)
            .setWorkflowClientOptions(
                WorkflowClientOptions.newBuilder()
                    .setIdentity("embedded")
                    .setNamespace(isReal() ? "flowtest" : "default")
                    .setDataConverter(StageDataConverter.of(RecipeJson.mapper()))
                    .build());
    if (isReal()) {
      options.setUseExternalService(true).setTarget(System.getProperty("temper.test.temporal"));
    } else {
      SearchKeys.all()
          .forEach(key -> options.registerSearchAttribute(key.getName(), key.getValueType()));
    }
    id = isReal() ? "demo-" + UUID.randomUUID() : "demo";
    environment = TestWorkflowEnvironment.newInstance(options.build());
    worker(QUEUE, activities).registerWorkflowImplementationTypes(workflow);
    worker("gpu", activities);
    environment.start();
  }

  private Worker worker(String queue, Object... activities) {
    Worker worker =
        environment.newWorker(
            queue,
            WorkerOptions.newBuilder()
                .setIdentity("embedded")
                .setDefaultDeadlockDetectionTimeout(30_000)
                .setMaxHeartbeatThrottleInterval(Duration.ofMillis(100))
                .build());
    worker.registerActivitiesImplementations(activities);
    return worker;
  }

  WorkflowClient client() {
    return environment.getWorkflowClient();
  }

  RecipeOutcome run(Recipe recipe) {
    return started(recipe).getResult(RecipeOutcome.class);
  }

  WorkflowStub started(Recipe recipe) {
    return started(new RecipeRun("demo", recipe));
  }

  WorkflowStub started(RecipeRun run) {
    WorkflowStub stub =
        client()
            .newUntypedWorkflowStub(
                "RecipeWorkflow",
                WorkflowOptions.newBuilder().setWorkflowId(id).setTaskQueue(QUEUE).build());
    stub.start(run);
    return stub;
  }

  /** The running or newest workflow. */
  RecipeWorkflow live() {
    return client().newWorkflowStub(RecipeWorkflow.class, id);
  }

  void cancel() {
    client().newUntypedWorkflowStub(id).cancel();
  }

  Map<String, StageState> status() {
    return live().status();
  }

  /** Waits until a stage is in a state. */
  void until(String stage, StageState.Status status) {
    until(states -> states.get(stage).status() == status, stage + " is " + status);
  }

  void until(Predicate<Map<String, StageState>> holds, String what) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    Map<String, StageState> states = status();
    while (!holds.test(states)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never: %s; last %s".formatted(what, states));
      }
      LockSupport.parkNanos(10_000_000);
      states = status();
    }
  }

  /** Waits until the newest history has so many events of a type. */
  void untilEvents(String type, int times) {
    until(states -> events(type).size() >= times, times + " times " + type);
  }

  /** Names of the events of a type in the newest history, for example {@code ACTIVITY_TASK}. */
  List<String> events(String type) {
    return client().fetchHistory(id).getEvents().stream()
        .map(event -> event.getEventType().name().replace("EVENT_TYPE_", ""))
        .filter(name -> name.contains(type))
        .toList();
  }

  String history() {
    return client().fetchHistory(id).toJson(true);
  }

  String history(String execution) {
    return client().fetchHistory(id, execution).toJson(true);
  }

  @Override
  public void close() {
    environment.close();
  }
}
