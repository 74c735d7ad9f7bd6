package dev.temper.workflows;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Map;

/**
 * Runs a recipe: every stage as soon as its inputs are there.
 *
 * <p>Updates return at once; what they bring about shows in {@link #status}. One that makes no
 * sense is refused with an {@link io.temporal.failure.ApplicationFailure} that says why.
 */
@WorkflowInterface
public interface RecipeWorkflow {

  /**
   * Ends once no stage can go on any more.
   *
   * @throws io.temporal.failure.ApplicationFailure of the type of the first failed stage, with the
   *     {@link RecipeOutcome} as its detail
   */
  @WorkflowMethod
  RecipeOutcome run(RecipeRun run);

  /** State of every stage, in recipe order. */
  @QueryMethod
  Map<String, StageState> status();

  /** Where the run can be looked at; empty until that is known. */
  @QueryMethod
  RunLinks links();

  /** Lets every running stage commit a checkpoint and end; none starts until {@link #resume}. */
  @UpdateMethod
  void pause();

  @UpdateValidatorMethod(updateName = "pause")
  void checkPause();

  /** Starts again what {@link #pause} ended. */
  @UpdateMethod
  void resume();

  @UpdateValidatorMethod(updateName = "resume")
  void checkResume();

  /** Starts a failed stage again, and a running one anew without waiting for its back-off. */
  @UpdateMethod
  void retry(String stage);

  @UpdateValidatorMethod(updateName = "retry")
  void checkRetry(String stage);

  /** Lets a stage that does not run start on another task queue. */
  @UpdateMethod
  void move(String stage, String queue);

  @UpdateValidatorMethod(updateName = "move")
  void checkMove(String stage, String queue);
}
