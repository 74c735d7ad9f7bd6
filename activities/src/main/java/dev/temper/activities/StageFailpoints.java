package dev.temper.activities;

/**
 * Named moments at which a test or a kill harness may stop an attempt.
 *
 * <p>{@code stage.restored} after the checkpoint was read, {@code stage.pulse} as a step begins and
 * inside it, {@code stage.step} after each step, {@code checkpoint.file} after each file of a
 * checkpoint, {@code checkpoint.before-publish}, {@code checkpoint.after-publish}, {@code
 * artifact.file}, {@code artifact.before-publish}, {@code artifact.after-publish}.
 */
@FunctionalInterface
public interface StageFailpoints {

  StageFailpoints NONE = (moment, kind) -> {};

  void at(String moment, String kind);
}
