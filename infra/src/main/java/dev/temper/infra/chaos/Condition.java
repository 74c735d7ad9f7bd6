package dev.temper.infra.chaos;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Something that becomes true while other processes work. */
interface Condition {

  long POLL_MILLIS = 50;

  boolean holds() throws IOException;

  /** Whether it came to hold in time. */
  static boolean await(Condition condition, long nanos) throws IOException, InterruptedException {
    long end = System.nanoTime() + nanos;
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return true;
  }
}
