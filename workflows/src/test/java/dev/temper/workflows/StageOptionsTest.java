package dev.temper.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.Stage;
import dev.temper.recipes.StageKinds;
import io.temporal.activity.ActivityCancellationType;
import io.temporal.activity.ActivityOptions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StageOptionsTest {

  private final Stage stage = FakeStages.stage("eval");

  @Test
  void aStageIsTriedForEverAndSavesWhenItIsCancelled() {
    ActivityOptions options = StageOptions.of(stage, "");
    assertThat(options.getRetryOptions().getMaximumAttempts()).isZero();
    assertThat(options.getScheduleToStartTimeout()).isNull();
    assertThat(options.getScheduleToCloseTimeout()).isNull();
    assertThat(options.getCancellationType())
        .isEqualTo(ActivityCancellationType.WAIT_CANCELLATION_COMPLETED);
  }

  @Test
  void aStageThatLostItsWorkerForTheTenthTimeWaitsNoLongerThanAtFirst() {
    assertThat(StageOptions.of(stage, "").getRetryOptions().getBackoffCoefficient()).isEqualTo(1);
  }

  @Test
  void aKindHasItsTimeoutsAndARecipeCanSayOtherwise() {
    assertThat(StageOptions.of(stage, "").getHeartbeatTimeout()).isEqualTo(Duration.ofMinutes(1));
    assertThat(StageOptions.of(stage, "").getStartToCloseTimeout()).isEqualTo(Duration.ofDays(2));
    Stage own = with(new Stage.Timeouts(Optional.of(2.5), Optional.of(100.0)));
    assertThat(StageOptions.of(own, "").getHeartbeatTimeout()).isEqualTo(Duration.ofMillis(2500));
    assertThat(StageOptions.of(own, "").getStartToCloseTimeout())
        .isEqualTo(Duration.ofSeconds(100));
  }

  @Test
  void everyKindIsInTheTable() {
    assertThat(StageOptions.kinds()).isEqualTo(StageKinds.types().keySet());
  }

  @Test
  void aStagesOwnQueueGoesBeforeThatOfTheRun() {
    assertThat(StageOptions.of(stage, "").getTaskQueue()).isNull();
    assertThat(StageOptions.of(stage, "cpu").getTaskQueue()).isEqualTo("cpu");
    assertThat(StageOptions.of(stage.on("gpu"), "cpu").getTaskQueue()).isEqualTo("gpu");
  }

  private Stage with(Stage.Timeouts timeouts) {
    return new Stage(
        stage.name(),
        stage.spec(),
        stage.queue(),
        stage.checkpointEverySteps(),
        stage.retry(),
        stage.gate(),
        Optional.of(timeouts));
  }
}
