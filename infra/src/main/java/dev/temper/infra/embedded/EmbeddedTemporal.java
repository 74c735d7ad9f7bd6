package dev.temper.infra.embedded;

import dev.temper.workflows.RecipeWorkflowImpl;
import dev.temper.workflows.StageActivities;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.converter.DataConverter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A Temporal service and its workers inside this process: real time, in-process channel, no
 * listening port, no state on disk. What is durable lies in the artifact store.
 */
public final class EmbeddedTemporal implements AutoCloseable {

  /** Task queue of the workflow, and of every stage that names none. */
  public static final String QUEUE = "local";

  /** By default process and host name, which would end up in histories. */
  private static final String IDENTITY = "embedded";

  /** Cancellation arrives in answers to heartbeats, so they must not be held back for long. */
  private static final Duration HEARTBEAT_THROTTLE = Duration.ofMillis(250);

  private static final int DEADLOCK_MILLIS = 10_000;

  private final TestServer.InProcessTestServer server;
  private final WorkflowServiceStubs stubs;
  private final WorkflowClient client;
  private final WorkerFactory workers;

  private EmbeddedTemporal(DataConverter converter) {
    boolean realTime = true;
    server = TestServer.createServer(realTime);
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setChannel(server.getChannel()).build());
    client =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder()
                .setNamespace("default")
                .setIdentity(IDENTITY)
                .setDataConverter(converter)
                .setWorkerHeartbeatInterval(Duration.ofSeconds(-1))
                .build());
    workers = WorkerFactory.newInstance(client);
  }

  /**
   * Starts the service and its workers.
   *
   * @param concurrentStages stages that run at the same time at most, per queue
   * @param queues that stages name, besides {@link #QUEUE}
   */
  public static EmbeddedTemporal start(
      int concurrentStages,
      Set<String> queues,
      DataConverter converter,
      StageActivities activities) {
    EmbeddedTemporal temporal = new EmbeddedTemporal(converter);
    temporal
        .worker(QUEUE, concurrentStages, activities)
        .registerWorkflowImplementationTypes(RecipeWorkflowImpl.class);
    for (String queue : queues) {
      if (!queue.isEmpty() && !queue.equals(QUEUE)) {
        temporal.worker(queue, concurrentStages, activities);
      }
    }
    temporal.workers.start();
    return temporal;
  }

  private Worker worker(String queue, int concurrentStages, StageActivities activities) {
    Worker worker =
        workers.newWorker(
            queue,
            WorkerOptions.newBuilder()
                .setIdentity(IDENTITY)
                .setMaxConcurrentActivityExecutionSize(concurrentStages)
                .setMaxHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
                .setDefaultHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
                .setDefaultDeadlockDetectionTimeout(DEADLOCK_MILLIS)
                .build());
    worker.registerActivitiesImplementations(activities);
    return worker;
  }

  public WorkflowClient client() {
    return client;
  }

  /** Ends workers and service at once; stages have to be stopped before. */
  @Override
  public void close() {
    workers.shutdownNow();
    workers.awaitTermination(5, TimeUnit.SECONDS);
    stubs.shutdownNow();
    stubs.awaitTermination(2, TimeUnit.SECONDS);
    server.close();
  }
}
