package dev.temper.infra.temporal;

import dev.temper.activities.StageProgress;
import java.time.Instant;
import java.util.Optional;

/**
 * A stage whose activity has not ended, as the server knows it.
 *
 * @param queue where it is offered
 * @param attempt counted from 1 by Temporal
 * @param earlier attempts that Temporal does not count any more, since a pause or retry ended them
 * @param waiting whether no worker has it now
 * @param waitingSeconds for how long it has been offered; 0 where it waits for a back-off
 * @param next when it is offered again, where it waits for a back-off
 * @param progress from its last sign of life, this attempt's or an earlier one's
 * @param failure how the attempt before ended
 */
public record PendingStage(
    String queue,
    int attempt,
    int earlier,
    boolean waiting,
    double waitingSeconds,
    Optional<Instant> next,
    Optional<StageProgress> progress,
    Optional<String> failure) {

  /** Counted from 1 over pauses and retries by hand too. */
  public int attemptInAll() {
    return earlier + attempt;
  }
}
