package dev.temper.infra.temporal;

import dev.temper.workflows.StageState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.util.Map;
import java.util.Optional;

/**
 * A run on a server as it was at one moment.
 *
 * @param status of the workflow
 * @param stages in recipe order; empty where no worker could be asked
 * @param pending by name, the stages that wait for a worker or run on one
 * @param unattended the control queue, if nobody polls it
 */
public record RunSight(
    WorkflowExecutionStatus status,
    Optional<Map<String, StageState>> stages,
    Map<String, PendingStage> pending,
    boolean unattended) {

  public boolean isRunning() {
    return status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING;
  }
}
