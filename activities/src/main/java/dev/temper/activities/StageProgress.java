package dev.temper.activities;

import java.util.Optional;

/**
 * How far an attempt is; travels as heartbeat details.
 *
 * @param attempt counted by Temporal
 * @param step steps finished
 * @param resumedFromStep where this attempt started
 * @param committedStep step of the newest checkpoint
 * @param failures how earlier attempts ended
 * @param stage by which whoever sees only the heartbeat knows what it is of
 */
public record StageProgress(
    String kind,
    int attempt,
    long step,
    long totalSteps,
    long resumedFromStep,
    long committedStep,
    StageFailures failures,
    Optional<String> stage) {

  public StageProgress(
      String kind,
      int attempt,
      long step,
      long totalSteps,
      long resumedFromStep,
      long committedStep,
      StageFailures failures) {
    this(
        kind,
        attempt,
        step,
        totalSteps,
        resumedFromStep,
        committedStep,
        failures,
        Optional.empty());
  }

  StageProgress with(StageFailures counted) {
    return new StageProgress(
        kind, attempt, step, totalSteps, resumedFromStep, committedStep, counted, stage);
  }

  StageProgress of(String name) {
    return new StageProgress(
        kind,
        attempt,
        step,
        totalSteps,
        resumedFromStep,
        committedStep,
        failures,
        Optional.of(name));
  }
}
