package dev.temper.workflows;

import dev.temper.recipes.Stage;
import dev.temper.recipes.StageKinds;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How a stage's activity is watched and retried. */
final class StageOptions {

  /**
   * When an attempt of a kind counts as lost; a recipe can say otherwise.
   *
   * @param heartbeat a worker that gives no sign of life for so long is dead
   * @param attempt one that gives signs of life but does not end hangs; the next attempt goes on
   *     from the newest checkpoint, so an attempt that was only long loses little
   */
  private record Patience(Duration heartbeat, Duration attempt) {}

  /** Weeks of steps; a sign of life between micro-batches, of which a large one takes seconds. */
  private static final Patience LEARNING = new Patience(Duration.ofSeconds(60), Duration.ofDays(7));

  /** As learning, with generation between the steps: a sign of life per chunk of tokens. */
  private static final Patience LEARNING_AND_SAMPLING =
      new Patience(Duration.ofSeconds(60), Duration.ofDays(14));

  /** No step depends on the one before, so that a stage is cut before it takes this long. */
  private static final Patience SAMPLING = new Patience(Duration.ofSeconds(60), Duration.ofDays(2));

  /** Reads and chooses rows, without a model. */
  private static final Patience SELECTING =
      new Patience(Duration.ofSeconds(30), Duration.ofHours(6));

  /** Reads and writes a model as large as memory: no sign of life while a file is mapped. */
  private static final Patience READING = new Patience(Duration.ofMinutes(10), Duration.ofHours(6));

  private static final Map<String, Patience> BY_KIND =
      Map.ofEntries(
          Map.entry("pretrain", LEARNING),
          Map.entry("import", READING),
          Map.entry("sft", LEARNING),
          Map.entry("reward-model", LEARNING),
          Map.entry("preference-tuning", LEARNING),
          Map.entry("rl", LEARNING_AND_SAMPLING),
          Map.entry("preferences", SAMPLING),
          Map.entry("rollouts", SAMPLING),
          Map.entry("best-of-n", SAMPLING),
          Map.entry("curve", SAMPLING),
          Map.entry("evaluation", SAMPLING),
          Map.entry("comparisons", SELECTING),
          Map.entry("rejection-sampling", SELECTING));

  /** What half a micro-batch may mend, which is another stage with another key. */
  static final String OUT_OF_MEMORY = "OutOfMemory";

  /** The closed list of failures that another attempt cannot mend. */
  private static final List<String> NEVER_RETRIED =
      List.of(
          "InvalidSpec",
          "DataContract",
          "TrainingDiverged",
          "ArtifactCorrupt",
          "GateNotMet",
          "NoProgress",
          OUT_OF_MEMORY);

  private StageOptions() {}

  /**
   * The options of a stage.
   *
   * <p>Neither schedule-to-close nor schedule-to-start is limited: a stage may wait for days until
   * an accelerator is free, and a stage that nobody takes is not broken; the run shows it as
   * running without an attempt, and it can be paused and moved.
   *
   * @param queue of stages that name none; empty for the workflow's own
   */
  static ActivityOptions of(Stage stage, String queue) {
    Patience patience = BY_KIND.get(StageKinds.of(stage.spec()));
    Optional<Stage.Timeouts> own = stage.timeouts();
    ActivityOptions.Builder options =
        ActivityOptions.newBuilder()
            .setSummary(stage.name())
            .setStartToCloseTimeout(
                own.flatMap(Stage.Timeouts::attemptSeconds)
                    .map(StageOptions::seconds)
                    .orElse(patience.attempt()))
            .setHeartbeatTimeout(
                own.flatMap(Stage.Timeouts::heartbeatSeconds)
                    .map(StageOptions::seconds)
                    .orElse(patience.heartbeat()))
            // A stage that is cancelled commits a checkpoint first, and may even finish.
            .setCancellationType(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED)
            .setRetryOptions(retry(stage.retry()));
    String chosen = stage.queue().isEmpty() ? queue : stage.queue();
    if (!chosen.isEmpty()) {
      options.setTaskQueue(chosen);
    }
    return options.build();
  }

  static Set<String> kinds() {
    return BY_KIND.keySet();
  }

  /** Whether no other attempt can mend it. */
  static boolean isForGood(ApplicationFailure failure) {
    return failure.isNonRetryable() || NEVER_RETRIED.contains(failure.getType());
  }

  /**
   * For ever: what ends it is the no-progress rule of the activity, not a number of attempts, since
   * a worker that dies or hands over uses up an attempt as well. The same for all kinds: what is
   * retried are disks, stores and machines, and they know no kinds.
   *
   * <p>No doubling here, for the same reason: the service would double with every attempt, and the
   * stage whose worker was taken away for the eighth time would stand still for a minute. An
   * attempt that failed names the time until the next one itself, doubled where nothing was gained.
   */
  private static RetryOptions retry(Stage.RetrySpec retry) {
    return RetryOptions.newBuilder()
        .setInitialInterval(seconds(retry.initialSeconds()))
        .setMaximumInterval(seconds(Math.max(retry.initialSeconds(), retry.maximumSeconds())))
        .setBackoffCoefficient(1)
        .setDoNotRetry(NEVER_RETRIED.toArray(new String[0]))
        .build();
  }

  private static Duration seconds(double seconds) {
    return Duration.ofMillis(Math.max(1, Math.round(seconds * 1000)));
  }
}
