package dev.temper.activities;

import dev.temper.recipes.Stage;
import java.time.Duration;

/**
 * Failures in a row. A kill is no failure and counts nothing.
 *
 * @param step at which the last one happened
 * @param signature what makes two failures alike: the class of their first cause
 * @param count alike and at one step, in a row
 * @param furthest the latest step at which one of them happened
 * @param withoutProgress alike or not, since one happened later than all before it
 */
public record StageFailures(
    long step, String signature, int count, long furthest, int withoutProgress) {

  public static final StageFailures NONE = new StageFailures(-1, "", 0, -1, 0);

  /** Enough to reach any maximum from any beginning. */
  private static final int MOST_DOUBLINGS = 40;

  public StageFailures and(long failedStep, Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String failed = root.getClass().getName();
    boolean alike = failedStep == step && failed.equals(signature);
    return new StageFailures(
        failedStep,
        failed,
        alike ? count + 1 : 1,
        Math.max(failedStep, furthest),
        failedStep > furthest ? 1 : withoutProgress + 1);
  }

  /** Until the next attempt: the initial time, doubled for every further failure in the row. */
  Duration backOff(Stage.RetrySpec retry) {
    int doublings = Math.min(MOST_DOUBLINGS, Math.max(0, withoutProgress - 1));
    double seconds =
        Math.min(
            retry.initialSeconds() * (1L << doublings),
            Math.max(retry.initialSeconds(), retry.maximumSeconds()));
    return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
  }
}
