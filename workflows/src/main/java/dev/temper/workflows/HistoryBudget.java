package dev.temper.workflows;

/** Whether a history has grown so far that the run should go on in a new one. */
interface HistoryBudget {
  boolean isSpent();
}
