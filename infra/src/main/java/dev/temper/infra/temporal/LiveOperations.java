package dev.temper.infra.temporal;

import dev.temper.workflows.RecipeRun;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowException;
import io.temporal.failure.ApplicationFailure;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What can be done to a run while it goes on. */
public final class LiveOperations {

  private static final int ANSWER_SECONDS = 20;

  /** The run does not take this operation now; the message says why. */
  public static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  private final RemoteRun run;
  private final String name;

  public LiveOperations(RemoteRun run, String name) {
    this.run = run;
    this.name = name;
  }

  /** Running stages commit a checkpoint and end; none starts. */
  public void pause() throws RefusedException, ServerException, InterruptedException {
    update("pause");
  }

  /** What was paused goes on. */
  public void resume() throws RefusedException, ServerException, InterruptedException {
    update("resume");
  }

  /** A stage that does not run starts on another queue. */
  public void move(String stage, String queue)
      throws RefusedException, ServerException, InterruptedException {
    update("move", stage, queue);
  }

  /**
   * Starts a failed stage again; where the run has ended with it, the run goes on for that.
   *
   * @return whether the run had ended
   */
  public boolean retry(String stage)
      throws RefusedException, ServerException, InterruptedException {
    WorkflowExecutionStatus status = requireKnown();
    if (status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
      update("retry", stage);
      return false;
    }
    if (status == WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED) {
      throw new RefusedException(
          "run %s is finished: nothing of it can be retried".formatted(name));
    }
    RecipeRun asked = run.asked();
    if (asked.recipe().stages().stream().noneMatch(known -> known.name().equals(stage))) {
      throw new RefusedException(
          "run %s has no stage '%s'; it has %s"
              .formatted(
                  name,
                  stage,
                  asked.recipe().stages().stream().map(known -> known.name()).toList()));
    }
    run.start(new RecipeRun(asked.run(), asked.recipe(), asked.settings(), java.util.Map.of()));
    return true;
  }

  /** Running stages commit a checkpoint and end, and the run with them. Needs no worker. */
  public void cancel() throws RefusedException {
    WorkflowExecutionStatus status = requireKnown();
    if (status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
      throw new RefusedException("run %s does not run: it is %s".formatted(name, word(status)));
    }
    run.stub().cancel();
  }

  private WorkflowExecutionStatus requireKnown() throws RefusedException {
    return run.status()
        .orElseThrow(
            () -> new RefusedException("the Temporal server knows no run '%s'".formatted(name)));
  }

  private void update(String operation, Object... arguments)
      throws RefusedException, ServerException, InterruptedException {
    WorkflowExecutionStatus status = requireKnown();
    if (status != WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING) {
      throw new RefusedException("run %s does not run: it is %s".formatted(name, word(status)));
    }
    if (!run.isPolled(Queues.CONTROL)) {
      throw new ServerException(
          "no worker polls the queue '%s', which has to answer; start one with: temper worker --queue %s"
              .formatted(Queues.CONTROL, Queues.CONTROL));
    }
    CompletableFuture<Void> answer =
        CompletableFuture.supplyAsync(() -> run.stub().update(operation, Void.class, arguments));
    try {
      answer.get(ANSWER_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new ServerException(
          "no worker answered '%s' within %d seconds; whether it was done shows 'temper status %s'"
              .formatted(operation, ANSWER_SECONDS, name),
          e);
    } catch (ExecutionException e) {
      throw refused(e.getCause());
    }
  }

  private static RefusedException refused(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ApplicationFailure typed) {
        return new RefusedException(typed.getOriginalMessage());
      }
    }
    if (failure instanceof WorkflowException) {
      return new RefusedException(String.valueOf(failure.getMessage()));
    }
    throw new IllegalStateException(failure);
  }

  /** A status as people call it. */
  public static String word(WorkflowExecutionStatus status) {
    return switch (status) {
      case WORKFLOW_EXECUTION_STATUS_COMPLETED -> "finished";
      case WORKFLOW_EXECUTION_STATUS_CANCELED -> "cancelled";
      default ->
          status
              .name()
              .replace("WORKFLOW_EXECUTION_STATUS_", "")
              .replace('_', '-')
              .toLowerCase(java.util.Locale.ROOT);
    };
  }

  /** The status, where the server knows the run. */
  public Optional<WorkflowExecutionStatus> status() {
    return run.status();
  }
}
