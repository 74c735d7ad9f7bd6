package dev.temper.infra.temporal;

import dev.temper.infra.run.RunStatus;
import dev.temper.workflows.StageState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A run on a server as it was at one moment.
 *
 * @param status of the workflow
 * @param paused whether the run says of itself that it is paused
 * @param stages in recipe order; empty where no worker could be asked
 * @param pending by name, the stages that wait for a worker or run on one
 * @param endedAt when the workflow closed
 * @param unattended the control queue, if nobody polls it
 */
public record RunSight(
    WorkflowExecutionStatus status,
    boolean paused,
    Optional<Map<String, StageState>> stages,
    Map<String, PendingStage> pending,
    Optional<Instant> endedAt,
    boolean unattended) {

  public boolean isRunning() {
    return status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }

  /** How far the run is. */
  public RunStatus runStatus() {
    return runStatus(status, paused);
  }

  /** How far a run is, by the status of its workflow. */
  static RunStatus runStatus(WorkflowExecutionStatus workflow, boolean paused) {
    return switch (workflow) {
      case WORKFLOW_EXECUTION_STATUS_RUNNING -> paused ? RunStatus.PAUSED : RunStatus.RUNNING;
      case WORKFLOW_EXECUTION_STATUS_COMPLETED -> RunStatus.FINISHED;
      case WORKFLOW_EXECUTION_STATUS_CANCELED, WORKFLOW_EXECUTION_STATUS_TERMINATED ->
          RunStatus.CANCELLED;
      default -> RunStatus.FAILED;
    };
  }
}
