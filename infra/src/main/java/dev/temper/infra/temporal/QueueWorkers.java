package dev.temper.infra.temporal;

import dev.temper.workflows.RecipeWorkflowImpl;
import dev.temper.workflows.RunActivities;
import dev.temper.workflows.StageActivities;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What polls task queues of a server: runs on {@code control}, stages on all others. */
public final class QueueWorkers implements AutoCloseable {

  /**
   * Cancellation, pause and progress travel with heartbeats; one a second and stage is little for a
   * server.
   */
  private static final Duration HEARTBEAT_THROTTLE = Duration.ofSeconds(1);

  /** On a machine that trains, a workflow's thread can wait long for its turn. */
  private static final int DEADLOCK_MILLIS = 10_000;

  private final WorkerFactory workers;

  private QueueWorkers(WorkerFactory workers) {
    this.workers = workers;
  }

  /**
   * Starts to poll.
   *
   * @param slots stages that run at the same time at most, by queue; of {@link Queues#CONTROL} it
   *     is not asked
   */
  public static QueueWorkers start(
      WorkflowClient client,
      Map<String, Integer> slots,
      StageActivities stages,
      RunActivities runs) {
    WorkerFactory workers = WorkerFactory.newInstance(client);
    slots.forEach(
        (queue, concurrent) -> {
          boolean control = queue.equals(Queues.CONTROL);
          WorkerOptions.Builder options =
              WorkerOptions.newBuilder()
                  .setMaxHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
                  .setDefaultHeartbeatThrottleInterval(HEARTBEAT_THROTTLE)
                  .setDefaultDeadlockDetectionTimeout(DEADLOCK_MILLIS);
          if (!control) {
            options
                .setMaxConcurrentActivityExecutionSize(concurrent)
                // As many polls as slots: a task that is fetched is one that can start.
                .setMaxConcurrentActivityTaskPollers(Math.min(concurrent, 5));
          }
          Worker worker = workers.newWorker(queue, options.build());
          if (control) {
            worker.registerWorkflowImplementationTypes(RecipeWorkflowImpl.class);
            worker.registerActivitiesImplementations(runs);
          } else {
            worker.registerActivitiesImplementations(stages);
          }
        });
    workers.start();
    return new QueueWorkers(workers);
  }

  /** Asks for no more work; what runs goes on. */
  public void stopPolling() {
    workers.shutdown();
  }

  /** Waits for what still runs; returns whether all of it has ended and been reported. */
  public boolean awaitEnd(Duration limit) {
    workers.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS);
    return workers.isTerminated();
  }

  @Override
  public void close() {
    workers.shutdownNow();
    workers.awaitTermination(2, TimeUnit.SECONDS);
  }
}
