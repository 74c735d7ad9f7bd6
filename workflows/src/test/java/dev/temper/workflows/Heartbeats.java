package dev.temper.workflows;

import io.temporal.activity.Activity;
import java.util.concurrent.locks.LockSupport;

/** What a stage does that has nothing to do. */
final class Heartbeats {

  private Heartbeats() {}

  /** Gives signs of life until one of them is answered by a cancellation. */
  static void untilCancelled() {
    while (true) {
      Activity.getExecutionContext().heartbeat(null);
      LockSupport.parkNanos(10_000_000);
    }
  }
}
