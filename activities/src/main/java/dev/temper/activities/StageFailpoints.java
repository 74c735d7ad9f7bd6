package dev.temper.activities;

/**
 * Named moments at which a test or a kill harness may stop an attempt.
 *
 * <p>Of a stage: {@code stage.restored} after the checkpoint was read, {@code stage.pulse} as a
 * step begins and inside it, {@code rollout.before}, {@code rollout.inside}, {@code rollout.after},
 * {@code optimizer-step.before}, {@code optimizer-step.inside}, {@code optimizer-step.after},
 * {@code stage.step} after each step, {@code checkpoint.file} after each file of a checkpoint,
 * {@code checkpoint.before-publish}, {@code checkpoint.after-publish}, {@code artifact.file},
 * {@code artifact.before-publish}, {@code artifact.after-publish}.
 *
 * <p>Of a run, with an empty kind: {@code tracker.before-batch} and {@code tracker.after-batch}
 * around every batch of metrics; {@code workflow-task.begin} when a workflow task was fetched,
 * {@code workflow-task.before-report} and {@code workflow-task.after-report} around the call that
 * ends it; {@code stage-result.before-report} and {@code stage-result.after-report} around the call
 * that tells the server that a stage has finished.
 */
@FunctionalInterface
public interface StageFailpoints {

  StageFailpoints NONE = (moment, kind) -> {};

  void at(String moment, String kind);
}
