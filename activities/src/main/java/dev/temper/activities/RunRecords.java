package dev.temper.activities;

import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunEnd;
import dev.temper.workflows.RunLinks;
import java.io.IOException;

/**
 * Keeps record of runs as wholes; {@link RunTracker} does so of their stages.
 *
 * <p>Every call may come several times, also at once, with the same effect as once. What another
 * call cannot mend is a {@link RefusedRecordException}.
 */
public interface RunRecords {

  /**
   * A run begins, or was begun before; where it can be looked at.
   *
   * @throws IllegalArgumentException if the run has a name that no run may have
   */
  RunLinks begin(RecipeRun run) throws IOException, InterruptedException;

  /** No stage of the run can go on any more. */
  void end(RunEnd end) throws IOException, InterruptedException;
}
