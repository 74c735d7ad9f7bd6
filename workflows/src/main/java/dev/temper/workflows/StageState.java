package dev.temper.workflows;

import java.util.Optional;

/**
 * Where one stage of a run stands.
 *
 * @param status see {@link Status}
 * @param result of a finished stage, or of one whose gate was not met
 * @param failure of a failed stage; of a blocked one, which stage it waited for
 */
public record StageState(
    Status status, Optional<StageResult> result, Optional<StageProblem> failure) {

  /**
   * Blocked: an input failed, so that the stage cannot start unless that one is retried. Paused: it
   * was started, has ended with a checkpoint, and goes on when the run is resumed.
   */
  public enum Status {
    PENDING,
    RUNNING,
    PAUSED,
    FINISHED,
    FAILED,
    BLOCKED,
    CANCELLED
  }

  /**
   * Why a stage did not finish.
   *
   * @param type from the closed list of failures, or the class name of an exception
   */
  public record StageProblem(String type, String message) {}

  static StageState of(Status status) {
    return new StageState(status, Optional.empty(), Optional.empty());
  }
}
