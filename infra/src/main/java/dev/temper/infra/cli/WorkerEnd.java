package dev.temper.infra.cli;

import java.time.Duration;
import java.util.function.LongSupplier;

/** How a worker ends: whatever is waited for, all of it together takes no longer than its grace. */
final class WorkerEnd {

  /** MLflow is waited for this long at most; the rest can be sent later. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  /** Kept back for telling the server that stages have ended, or it waits for signs of life. */
  private static final Duration REPORT = Duration.ofSeconds(2);

  /** What is waited for, one after the other; each returns at its limit at the latest. */
  interface Waits {

    /** Returns at once. */
    void takeNoMore();

    /** Whether every stage has committed a checkpoint. */
    boolean saved(Duration limit) throws InterruptedException;

    /** The server hears how stages ended. */
    void reported(Duration limit);

    /** MLflow hears what it does not have yet. */
    void sent(Duration limit) throws InterruptedException;
  }

  private final Duration grace;
  private final LongSupplier nanos;

  /**
   * Waits for nothing yet.
   *
   * @param nanos as of {@link System#nanoTime()}
   */
  WorkerEnd(Duration grace, LongSupplier nanos) {
    this.grace = grace;
    this.nanos = nanos;
  }

  /** Ends the worker; returns whether every stage has committed a checkpoint. */
  boolean of(Waits waits) throws InterruptedException {
    long start = nanos.getAsLong();
    waits.takeNoMore();
    Duration kept = least(REPORT, grace.dividedBy(10));
    boolean saved = waits.saved(left(start, grace.minus(kept)));
    waits.reported(left(start, grace));
    waits.sent(least(LAST_WORDS, left(start, grace)));
    return saved;
  }

  private Duration left(long start, Duration of) {
    Duration left = of.minusNanos(nanos.getAsLong() - start);
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }
}
