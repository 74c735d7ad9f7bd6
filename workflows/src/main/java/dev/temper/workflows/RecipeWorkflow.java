package dev.temper.workflows;

import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.Map;

/** Runs a recipe: every stage as soon as its inputs are there. */
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
}
