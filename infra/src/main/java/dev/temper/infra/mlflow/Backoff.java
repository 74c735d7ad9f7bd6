package dev.temper.infra.mlflow;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses between tries: twice as long each time, and half of each by chance, so that many runs do
 * not come back to a server at once.
 */
record Backoff(Duration first, Duration most) {

  static final Backoff USUAL = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(30));

  /**
   * The pause after a number of failures in a row.
   *
   * @param failures at least 1
   */
  Duration after(int failures) {
    double whole = (double) first.toMillis() * (1L << Math.min(20, failures - 1));
    double limited = Math.min((double) most.toMillis(), whole);
    return Duration.ofMillis(
        Math.round(limited * (0.5 + 0.5 * ThreadLocalRandom.current().nextDouble())));
  }
}
