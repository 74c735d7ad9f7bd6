package dev.temper.activities;

import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityPausedException;
import io.temporal.client.ActivityWorkerShutdownException;
import java.util.function.BooleanSupplier;

/**
 * Heartbeats to Temporal, and what it answers, kept until the step is over: a stop inside a step
 * must not lead to a checkpoint of half a step.
 */
final class TemporalControl implements StageControl {

  private final ActivityExecutionContext context;
  private final String stage;
  private final BooleanSupplier stopping;
  private volatile ActivityCompletionException answer;
  private volatile StageProgress last;

  TemporalControl(ActivityExecutionContext context, String stage, BooleanSupplier stopping) {
    this.context = context;
    this.stage = stage;
    this.stopping = stopping;
  }

  @Override
  public void report(StageProgress progress) {
    last = progress;
    try {
      context.heartbeat(progress.of(stage));
    } catch (ActivityCompletionException e) {
      answer = e;
    }
  }

  @Override
  public void stopIfAsked() {
    if (answer != null) {
      throw answer;
    }
    if (stopping.getAsBoolean()) {
      throw new StageStoppedException();
    }
  }

  @Override
  public boolean maySave(RuntimeException stop) {
    return stop instanceof StageStoppedException
        || stop instanceof ActivityCanceledException
        || stop instanceof ActivityPausedException
        || stop instanceof ActivityWorkerShutdownException;
  }

  /**
   * Counts a failure and leaves the count in the heartbeat details, where the next attempt finds
   * it. An attempt that is killed leaves nothing.
   */
  StageFailures fail(Throwable failure, StageFailures before) {
    long step = last == null ? 0 : last.step();
    StageFailures counted = before.and(step, failure);
    StageProgress progress =
        last == null ? new StageProgress("", 0, 0, 0, 0, 0, counted) : last.with(counted);
    report(progress);
    return counted;
  }
}
