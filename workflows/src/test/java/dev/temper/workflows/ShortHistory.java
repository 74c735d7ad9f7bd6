package dev.temper.workflows;

import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;

/** The workflow with so small a history that six stages need several. */
public final class ShortHistory extends Delegating {

  private static final int EVENTS = 14;

  @WorkflowInit
  public ShortHistory(RecipeRun run) {
    super(run, new RecipeWorkflowImpl(run, () -> Workflow.getInfo().getHistoryLength() > EVENTS));
  }
}
