package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StageLineTest {

  private final StageLine line = new StageLine(List.of("sft", "rm-heldout"));

  @Test
  void aRunningStageShowsRateTimeLeftAndItsNumbers() {
    ShownProgress progress =
        new ShownProgress(
            "sft",
            "sft",
            30,
            120,
            4.5,
            "2026-01-01T00:00:00Z",
            Map.of("train/loss", 1.23456, "eval/heldout_loss", 1.5, "time/other", 3.0));

    assertThat(line.text(progress))
        .isEqualTo("sft         step 30/120  4.5/s  20.0 s left  loss 1.235  held-out 1.500");
  }

  @Test
  void beforeTheFirstStepNoRateIsInvented() {
    ShownProgress progress = new ShownProgress("sft", "sft", 0, 120, 0, "", Map.of());

    assertThat(line.text(progress)).isEqualTo("sft         step 0/120");
  }

  @Test
  void slowStepsAreShownInSeconds() {
    ShownProgress progress = new ShownProgress("sft", "sft", 1, 61, 0.5, "", Map.of());

    assertThat(line.text(progress)).isEqualTo("sft         step 1/61  2.0 s/step  2:00 left");
  }

  @Test
  void aStageSaysHowItStartsAndEnds() {
    StageRecord stage = StageRecord.pending("sft", "sft", List.of());

    assertThat(line.text(stage)).isEqualTo("sft         pending");
    assertThat(line.text(stage.started(1, 0))).isEqualTo("sft         started");
    assertThat(line.text(stage.started(2, 40))).isEqualTo("sft         goes on from step 40");
    assertThat(
            line.text(
                stage
                    .started(1, 0)
                    .at(120, 75, Map.of())
                    .finished(false, 120, "k", "c", Map.of("eval/heldout_loss", 1.0))))
        .isEqualTo("sft         finished in 1:15, 120 steps  held-out 1.000");
    assertThat(line.text(stage.finished(true, 120, "k", "c", Map.of())))
        .isEqualTo("sft         cached");
    assertThat(line.text(stage.with(RunStatus.FAILED, "TrainingDiverged: loss is NaN")))
        .isEqualTo("sft         failed  TrainingDiverged: loss is NaN");
  }

  @Test
  void durationsReadLikeAClock() {
    assertThat(Durations.text(8.24)).isEqualTo("8.2 s");
    assertThat(Durations.text(187)).isEqualTo("3:07");
    assertThat(Durations.text(7500)).isEqualTo("2:05:00");
  }
}
