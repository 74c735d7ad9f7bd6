package dev.temper.activities;

/**
 * How far an attempt is; travels as heartbeat details.
 *
 * @param attempt counted by Temporal
 * @param step steps finished
 * @param resumedFromStep where this attempt started
 * @param committedStep step of the newest checkpoint
 * @param failures how earlier attempts ended
 */
public record StageProgress(
    String kind,
    int attempt,
    long step,
    long totalSteps,
    long resumedFromStep,
    long committedStep,
    StageFailures failures) {

  StageProgress with(StageFailures counted) {
    return new StageProgress(
        kind, attempt, step, totalSteps, resumedFromStep, committedStep, counted);
  }
}
