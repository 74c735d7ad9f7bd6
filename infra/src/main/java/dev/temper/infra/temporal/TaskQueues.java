package dev.temper.infra.temporal;

import com.google.protobuf.util.Timestamps;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.TaskQueueType;
import io.temporal.api.taskqueue.v1.TaskQueue;
import io.temporal.api.workflowservice.v1.DescribeTaskQueueRequest;
import io.temporal.client.WorkflowClient;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Whether anybody works on a task queue. */
final class TaskQueues {

  /** A poll lasts a minute at most; the server remembers pollers for longer than they live. */
  private static final Duration FRESH = Duration.ofSeconds(80);

  private final WorkflowClient client;

  TaskQueues(WorkflowClient client) {
    this.client = client;
  }

  /** Whether a worker polls a queue; true where the server cannot tell. */
  boolean isPolled(String queue) {
    TaskQueueType type =
        queue.equals(Queues.CONTROL)
            ? TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW
            : TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY;
    long oldest = System.currentTimeMillis() - FRESH.toMillis();
    try {
      return client
          .getWorkflowServiceStubs()
          .blockingStub()
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .describeTaskQueue(
              DescribeTaskQueueRequest.newBuilder()
                  .setNamespace(client.getOptions().getNamespace())
                  .setTaskQueue(TaskQueue.newBuilder().setName(queue))
                  .setTaskQueueType(type)
                  .build())
          .getPollersList()
          .stream()
          .anyMatch(poller -> Timestamps.toMillis(poller.getLastAccessTime()) >= oldest);
    } catch (StatusRuntimeException e) {
      return true;
    }
  }
}
