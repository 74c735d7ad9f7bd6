package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.run.StageRecord;
import dev.temper.infra.temporal.PendingStage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PendingTextTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final StageLine line = new StageLine(List.of("sft"));
  private final StageRecord sft = StageRecord.pending("sft", "sft", List.of());

  @Test
  void aStageThatWaitsForNobodyNamesItsQueueAndWhatHelps() {
    PendingStage stage = waiting(1, Optional.empty());

    assertThat(text(stage, false))
        .isEqualTo(
            "sft  no worker polls the queue 'gpu'; start one: temper worker --queue gpu  attempt 1");
    assertThat(text(stage, true))
        .isEqualTo("sft  waits for a worker of the queue 'gpu'  attempt 1");
  }

  @Test
  void aBackOffSaysWhenItEndsAndWhyItIs() {
    PendingStage stage = waiting(3, Optional.of(NOW.plusSeconds(90)));

    assertThat(text(stage, true))
        .isEqualTo(
            "sft  next try in 1:30 (2026-01-01T00:01:30Z)  attempt 4  the one before ended: disk is full");
    assertThat(new PendingText(stage, true, NOW).json())
        .containsEntry("state", "back-off")
        .containsEntry("attempt", 4)
        .containsEntry("nextAttemptAt", "2026-01-01T00:01:30Z")
        .containsEntry("lastFailure", "disk is full");
  }

  @Test
  void aStageThatRunsSaysWhichAttemptItIsIn() {
    PendingStage stage =
        new PendingStage(
            "cpu", 1, 1, false, 0, Optional.empty(), Optional.empty(), Optional.of("old"));

    assertThat(line.text(sft.started(2, 4), Optional.empty(), new PendingText(stage, true, NOW)))
        .isEqualTo("sft  goes on from step 4  attempt 2");
  }

  private String text(PendingStage stage, boolean polled) {
    return line.text(sft, Optional.empty(), new PendingText(stage, polled, NOW));
  }

  private static PendingStage waiting(int attempt, Optional<Instant> next) {
    return new PendingStage(
        "gpu",
        attempt,
        attempt > 1 ? 1 : 0,
        true,
        9,
        next,
        Optional.empty(),
        Optional.of("disk is full"));
  }
}
