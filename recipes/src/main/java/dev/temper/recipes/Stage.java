package dev.temper.recipes;

import java.util.Optional;

/**
 * A named stage of a resolved recipe, with what cannot change its result.
 *
 * @param queue task queue that runs it; empty for the default one
 * @param checkpointEverySteps steps that a kill loses at most; 0 for the driver's default
 */
public record Stage(
    String name,
    StageSpec spec,
    String queue,
    int checkpointEverySteps,
    RetrySpec retry,
    Optional<Gate> gate) {

  /** Back-off between attempts of a failed stage, and attempts without progress that end it. */
  public record RetrySpec(
      double initialSeconds, double maximumSeconds, int attemptsWithoutProgress) {}

  /** A summary metric that must lie in a range, or the run ends with exit code 5. */
  public record Gate(String metric, Optional<Double> min, Optional<Double> max) {}
}
