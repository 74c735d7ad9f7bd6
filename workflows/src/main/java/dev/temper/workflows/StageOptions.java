package dev.temper.workflows;

import dev.temper.recipes.Stage;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import java.time.Duration;

/** How a stage's activity is watched and retried. */
final class StageOptions {

  /** A sign of life must come this often; tasks give one between micro-batches. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(60);

  private static final Duration LONGEST_STAGE = Duration.ofDays(30);

  /** The closed list of failures that another attempt cannot mend. */
  private static final String[] NEVER_RETRIED = {
    "InvalidSpec", "DataContract", "TrainingDiverged", "ArtifactCorrupt", "GateNotMet", "NoProgress"
  };

  private StageOptions() {}

  static ActivityOptions of(Stage stage) {
    ActivityOptions.Builder options =
        ActivityOptions.newBuilder()
            .setSummary(stage.name())
            .setStartToCloseTimeout(LONGEST_STAGE)
            .setHeartbeatTimeout(HEARTBEAT)
            .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
            .setRetryOptions(retry(stage.retry()));
    if (!stage.queue().isEmpty()) {
      options.setTaskQueue(stage.queue());
    }
    return options.build();
  }

  /** For ever: what ends it is the no-progress rule of the activity, not a number of attempts. */
  private static RetryOptions retry(Stage.RetrySpec retry) {
    return RetryOptions.newBuilder()
        .setInitialInterval(seconds(retry.initialSeconds()))
        .setMaximumInterval(seconds(Math.max(retry.initialSeconds(), retry.maximumSeconds())))
        .setBackoffCoefficient(2)
        .setDoNotRetry(NEVER_RETRIED)
        .build();
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
  }
}
