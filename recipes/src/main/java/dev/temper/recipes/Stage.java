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
    Optional<Gate> gate,
    Optional<Timeouts> timeouts) {

  /** Task queue of stages that need an accelerator and name none. */
  public static final String ACCELERATED = "gpu";

  /** With the timeouts of its kind. */
  public Stage(
      String name,
      StageSpec spec,
      String queue,
      int checkpointEverySteps,
      RetrySpec retry,
      Optional<Gate> gate) {
    this(name, spec, queue, checkpointEverySteps, retry, gate, Optional.empty());
  }

  /** The same stage on another task queue. */
  public Stage on(String other) {
    return new Stage(name, spec, other, checkpointEverySteps, retry, gate, timeouts);
  }

  /** The same stage with another spec. */
  public Stage with(StageSpec other) {
    return new Stage(name, other, queue, checkpointEverySteps, retry, gate, timeouts);
  }

  /** Back-off between attempts of a failed stage, and attempts without progress that end it. */
  public record RetrySpec(
      double initialSeconds, double maximumSeconds, int attemptsWithoutProgress) {}

  /**
   * When an attempt counts as lost; what is absent is as the stage's kind has it.
   *
   * @param heartbeatSeconds without a sign of life
   * @param attemptSeconds with signs of life, but without an end
   */
  public record Timeouts(Optional<Double> heartbeatSeconds, Optional<Double> attemptSeconds) {}

  /** A summary metric that must lie in a range, or the run ends with exit code 5. */
  public record Gate(String metric, Optional<Double> min, Optional<Double> max) {}
}
