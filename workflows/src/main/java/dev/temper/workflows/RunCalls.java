package dev.temper.workflows;

import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/**
 * Tells {@link RunActivities} of begin and end; what becomes of that decides nothing in the run.
 */
final class RunCalls {

  /**
   * Stages wait for it, so that they can refer to the run; a tracker that is down costs no more.
   */
  private static final Duration BEGIN = Duration.ofSeconds(30);

  /** One call to a tracker that answers. */
  private static final Duration BEGIN_CALL = Duration.ofSeconds(15);

  /** The run is open that long; what is not told then, {@code temper sync} tells. */
  private static final Duration END = Duration.ofSeconds(10);

  private final Logger log = Workflow.getLogger(RunCalls.class);

  RunLinks begin(RecipeRun run, BooleanSupplier cancelled) {
    RunActivities activities =
        Workflow.newActivityStub(
            RunActivities.class, options("begin", BEGIN_CALL, BEGIN, Duration.ofSeconds(5)));
    Promise<RunLinks> links = Async.function(activities::begin, run);
    Workflow.await(() -> links.isCompleted() || cancelled.getAsBoolean());
    return links.isCompleted() && links.getFailure() == null ? links.get() : RunLinks.NONE;
  }

  void end(RunEnd end) {
    RunActivities activities =
        Workflow.newActivityStub(
            RunActivities.class, options("end", END, END, Duration.ofSeconds(5)));
    try {
      activities.end(end);
    } catch (TemporalFailure e) {
      log.warn("end of run not tracked reason={}", e.toString());
    }
  }

  /** Tried again for ever within its time: no number of refusals says that a tracker is gone. */
  private static ActivityOptions options(
      String summary, Duration call, Duration all, Duration longestWait) {
    return ActivityOptions.newBuilder()
        .setSummary(summary)
        .setStartToCloseTimeout(call)
        .setScheduleToCloseTimeout(all)
        .setRetryOptions(
            RetryOptions.newBuilder()
                .setInitialInterval(Duration.ofSeconds(1))
                .setBackoffCoefficient(2)
                .setMaximumInterval(longestWait)
                .build())
        .build();
  }
}
