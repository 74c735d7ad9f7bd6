package dev.temper.infra.temporal;

import com.google.protobuf.util.Timestamps;
import dev.temper.activities.StageProgress;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RecipeWorkflow;
import dev.temper.workflows.RunLinks;
import dev.temper.workflows.SearchKeys;
import dev.temper.workflows.StageState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.api.enums.v1.WorkflowIdReusePolicy;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.query.v1.WorkflowQuery;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryRequest;
import io.temporal.api.workflowservice.v1.QueryWorkflowRequest;
import io.temporal.api.workflowservice.v1.WorkflowServiceGrpc.WorkflowServiceBlockingStub;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import io.temporal.common.converter.DataConverter;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A run on a Temporal server, by its name.
 *
 * <p>Looks with calls of a few seconds each and no retries inside: whoever watches tries again, and
 * can say meanwhile that the server is away.
 */
public final class RemoteRun {

  private static final int LOOK_SECONDS = 5;
  private static final int QUERY_SECONDS = 10;

  @SuppressWarnings("unchecked") // a class knows nothing of its parameters; STAGES does
  private static final Class<Map<String, StageState>> MAP =
      (Class<Map<String, StageState>>) (Class<?>) Map.class;

  private static final Type STAGES =
      com.fasterxml.jackson.databind.type.TypeFactory.defaultInstance()
          .constructMapType(LinkedHashMap.class, String.class, StageState.class);

  private final WorkflowClient client;
  private final String run;
  private final TaskQueues queues;
  private final ScheduledStages scheduled;

  public RemoteRun(WorkflowClient client, String run) {
    this.client = client;
    this.run = run;
    this.queues = new TaskQueues(client);
    this.scheduled = new ScheduledStages(client);
  }

  /** The id under which a run is found on its server. */
  public static String workflowId(String run) {
    return "temper/" + run;
  }

  public String workflowId() {
    return workflowId(run);
  }

  /** How far the workflow is; empty where the server knows of none. */
  public Optional<WorkflowExecutionStatus> status() {
    try {
      return Optional.of(describe().getWorkflowExecutionInfo().getStatus());
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * How a run began.
   *
   * @param asked what it was last started with, before anything was moved or continued as new
   */
  public record Begun(RecipeRun asked, Instant at) {}

  /** How it was last started. */
  public Begun begun() {
    String first = describe().getWorkflowExecutionInfo().getFirstRunId();
    HistoryEvent event =
        service(LOOK_SECONDS)
            .getWorkflowExecutionHistory(
                GetWorkflowExecutionHistoryRequest.newBuilder()
                    .setNamespace(client.getOptions().getNamespace())
                    .setExecution(execution().toBuilder().setRunId(first))
                    .setMaximumPageSize(1)
                    .build())
            .getHistory()
            .getEvents(0);
    Payloads input = event.getWorkflowExecutionStartedEventAttributes().getInput();
    return new Begun(
        converter().fromPayloads(0, Optional.of(input), RecipeRun.class, RecipeRun.class),
        Instant.ofEpochMilli(Timestamps.toMillis(event.getEventTime())));
  }

  /** What the run was last started with. */
  public RecipeRun asked() {
    return begun().asked();
  }

  /**
   * Starts the run; one that ended is started anew and finds in the store what it had made.
   *
   * @throws io.temporal.client.WorkflowExecutionAlreadyStarted if it runs now
   */
  public void start(RecipeRun asked) {
    WorkflowOptions.Builder options =
        WorkflowOptions.newBuilder()
            .setWorkflowId(workflowId())
            .setTaskQueue(Queues.CONTROL)
            .setWorkflowIdReusePolicy(
                WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE)
            .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
            .setStaticSummary("recipe " + asked.recipe().name());
    if (asked.settings().searchable()) {
      options.setTypedSearchAttributes(SearchKeys.atStart(run, asked.recipe()));
    }
    WorkflowStub.fromTyped(client.newWorkflowStub(RecipeWorkflow.class, options.build()))
        .start(asked);
  }

  /** How it stands now. */
  public RunSight look() {
    DescribeWorkflowExecutionResponse seen = describe();
    WorkflowExecutionStatus status = seen.getWorkflowExecutionInfo().getStatus();
    Optional<Instant> ended = KnownRun.closed(seen.getWorkflowExecutionInfo());
    boolean paused = KnownRun.isPaused(seen.getWorkflowExecutionInfo());
    Map<String, PendingStage> pending = pending(seen);
    if (!queues.isPolled(Queues.CONTROL)) {
      // A question would be answered by nobody.
      return new RunSight(status, paused, Optional.empty(), pending, ended, true);
    }
    try {
      Map<String, StageState> stages = stages();
      // Without attributes only a stage that was stopped tells of a pause.
      boolean stopped =
          stages.values().stream().anyMatch(state -> state.status() == StageState.Status.PAUSED);
      return new RunSight(status, paused || stopped, Optional.of(stages), pending, ended, false);
    } catch (StatusRuntimeException e) {
      // The server is there: it is the worker that does not answer, or died a moment ago.
      return new RunSight(status, paused, Optional.empty(), pending, ended, true);
    }
  }

  /** Whether a worker polls a queue. */
  public boolean isPolled(String queue) {
    return queues.isPolled(queue);
  }

  /** Where it can be looked at besides; empty while that is not known. */
  public RunLinks links() {
    return converter().fromPayloads(0, Optional.of(query("links")), RunLinks.class, RunLinks.class);
  }

  /** The outcome of a run that has ended; empty for one that was cancelled or terminated. */
  public Optional<RecipeOutcome> outcome() {
    try {
      return Optional.of(stub().getResult(RecipeOutcome.class));
    } catch (WorkflowFailedException e) {
      return RecipeOutcome.of(e);
    }
  }

  WorkflowStub stub() {
    return client.newUntypedWorkflowStub(workflowId());
  }

  private Map<String, StageState> stages() {
    Map<String, StageState> stages =
        converter().fromPayloads(0, Optional.of(query("status")), MAP, STAGES);
    return Collections.unmodifiableMap(stages);
  }

  private Payloads query(String name) {
    return service(QUERY_SECONDS)
        .queryWorkflow(
            QueryWorkflowRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(execution())
                .setQuery(WorkflowQuery.newBuilder().setQueryType(name))
                .build())
        .getQueryResult();
  }

  private Map<String, PendingStage> pending(DescribeWorkflowExecutionResponse seen) {
    List<PendingActivityInfo> activities =
        seen.getPendingActivitiesList().stream()
            .filter(activity -> activity.getActivityType().getName().equals("runStage"))
            .toList();
    Map<String, ScheduledStages.Scheduled> asked =
        scheduled.of(
            workflowId(),
            seen.getWorkflowExecutionInfo().getExecution().getRunId(),
            activities.stream().map(PendingActivityInfo::getActivityId).toList());
    Map<String, PendingStage> pending = new LinkedHashMap<>();
    for (PendingActivityInfo activity : activities) {
      ScheduledStages.Scheduled stage = asked.get(activity.getActivityId());
      if (stage != null) {
        pending.put(stage.stage(), pending(activity, stage));
      }
    }
    return pending;
  }

  private PendingStage pending(PendingActivityInfo activity, ScheduledStages.Scheduled stage) {
    boolean waiting = activity.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
    long offered =
        activity.hasNextAttemptScheduleTime()
            ? Timestamps.toMillis(activity.getNextAttemptScheduleTime())
            : Timestamps.toMillis(activity.getScheduledTime());
    long since = System.currentTimeMillis() - offered;
    return new PendingStage(
        stage.queue(),
        activity.getAttempt(),
        stage.earlier(),
        waiting,
        waiting ? Math.max(0, since) / 1000.0 : 0,
        waiting && since < 0 ? Optional.of(Instant.ofEpochMilli(offered)) : Optional.empty(),
        activity.hasHeartbeatDetails()
            ? Optional.of(
                converter()
                    .fromPayloads(
                        0,
                        Optional.of(activity.getHeartbeatDetails()),
                        StageProgress.class,
                        StageProgress.class))
            : Optional.empty(),
        activity.hasLastFailure()
            ? Optional.of(FailureText.of(activity.getLastFailure()))
            : Optional.empty());
  }

  private DescribeWorkflowExecutionResponse describe() {
    return service(LOOK_SECONDS)
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(execution())
                .build());
  }

  private WorkflowServiceBlockingStub service(int seconds) {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .withDeadlineAfter(seconds, TimeUnit.SECONDS);
  }

  private WorkflowExecution execution() {
    return WorkflowExecution.newBuilder().setWorkflowId(workflowId()).build();
  }

  private DataConverter converter() {
    return client.getOptions().getDataConverter();
  }
}
