package dev.temper.infra.temporal;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsRequest;
import io.temporal.api.workflowservice.v1.ListWorkflowExecutionsResponse;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The runs that a server knows, whichever home they were started from. */
public final class RunCatalog {

  /**
   * By type of workflow, which every run has; {@code TemperRun} is missing where a server has no
   * room for attributes.
   */
  private static final String RUNS = "WorkflowType = 'RecipeWorkflow'";

  private static final int SECONDS = 5;
  private static final int PAGE = 500;

  private final WorkflowClient client;

  public RunCatalog(WorkflowClient client) {
    this.client = client;
  }

  /**
   * By name, the newest first.
   *
   * @param limit of workflows that are looked at
   * @throws StatusRuntimeException if the server does not answer, or has no such lists
   */
  public Map<String, KnownRun> newest(int limit) {
    Map<String, KnownRun> runs = new LinkedHashMap<>();
    ByteString page = ByteString.EMPTY;
    int seen = 0;
    do {
      ListWorkflowExecutionsResponse answer =
          service()
              .listWorkflowExecutions(
                  ListWorkflowExecutionsRequest.newBuilder()
                      .setNamespace(client.getOptions().getNamespace())
                      .setQuery(RUNS)
                      .setPageSize(Math.min(PAGE, limit))
                      .setNextPageToken(page)
                      .build());
      for (WorkflowExecutionInfo info : answer.getExecutionsList()) {
        KnownRun run = KnownRun.of(info);
        // One that was continued as new or started again is there more than once.
        runs.merge(
            run.run(),
            run,
            (one, other) -> one.startedAt().isBefore(other.startedAt()) ? other : one);
        seen++;
      }
      page = answer.getNextPageToken();
    } while (!page.isEmpty() && seen < limit);
    return runs;
  }

  /** Some runs by name, as they are now: lists are a moment behind. */
  public Map<String, KnownRun> of(Collection<String> names) {
    Map<String, KnownRun> runs = new LinkedHashMap<>();
    names.forEach(name -> find(name).ifPresent(run -> runs.put(name, run)));
    return runs;
  }

  private Optional<KnownRun> find(String name) {
    try {
      return Optional.of(
          KnownRun.of(
              service()
                  .describeWorkflowExecution(
                      DescribeWorkflowExecutionRequest.newBuilder()
                          .setNamespace(client.getOptions().getNamespace())
                          .setExecution(
                              WorkflowExecution.newBuilder()
                                  .setWorkflowId(RemoteRun.workflowId(name)))
                          .build())
                  .getWorkflowExecutionInfo()));
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private WorkflowServiceBlockingStub service() {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }
}
