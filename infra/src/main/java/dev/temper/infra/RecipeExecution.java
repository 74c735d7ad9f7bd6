package dev.temper.infra;

import dev.temper.activities.StageActivitiesImpl;
import dev.temper.infra.embedded.EmbeddedTemporal;
import dev.temper.recipes.Recipe;
import dev.temper.trainers.Compute;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RecipeWorkflow;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowStub;
import java.time.Duration;

/** A recipe that runs in this process. */
public final class RecipeExecution implements AutoCloseable {

  private final EmbeddedTemporal temporal;
  private final StageActivitiesImpl activities;
  private final Compute compute;
  private final WorkflowStub workflow;

  RecipeExecution(
      EmbeddedTemporal temporal,
      StageActivitiesImpl activities,
      Compute compute,
      String run,
      Recipe recipe) {
    this.temporal = temporal;
    this.activities = activities;
    this.compute = compute;
    this.workflow =
        WorkflowStub.fromTyped(
            temporal
                .client()
                .newWorkflowStub(
                    RecipeWorkflow.class,
                    WorkflowOptions.newBuilder()
                        .setWorkflowId("recipe/" + run)
                        .setTaskQueue(EmbeddedTemporal.QUEUE)
                        .build()));
    workflow.start(new RecipeRun(run, recipe));
  }

  /** Waits until no stage can go on any more; the outcome says which failed. */
  public RecipeOutcome await() {
    try {
      return workflow.getResult(RecipeOutcome.class);
    } catch (WorkflowFailedException e) {
      return RecipeOutcome.of(e).orElseThrow(() -> e);
    }
  }

  /**
   * Lets every running stage commit a checkpoint and end.
   *
   * @return whether all did in time
   */
  public boolean stop(Duration limit) throws InterruptedException {
    return activities.stop(limit);
  }

  @Override
  public void close() {
    temporal.close();
    compute.close();
  }
}
