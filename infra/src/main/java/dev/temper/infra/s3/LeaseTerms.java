package dev.temper.infra.s3;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long leases last.
 *
 * @param term without renewal, after which another owner may take over
 * @param look between two looks of whoever waits
 * @param nanos monotonic time of this process
 */
record LeaseTerms(Duration term, Duration look, LongSupplier nanos) {

  /** Long enough for a short outage, short enough to wait for after a crash. */
  static final LeaseTerms DEFAULT =
      new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(1), System::nanoTime);

  /** Each renewal is repeated for as long: the first may fail before the lease is in danger. */
  Duration renewEvery() {
    return term.dividedBy(3);
  }

  /** For one request of a renewal: one that hangs must not use up the time of the others. */
  Duration request() {
    return term.dividedBy(10);
  }
}
