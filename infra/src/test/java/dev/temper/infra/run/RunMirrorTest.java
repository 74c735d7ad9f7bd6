package dev.temper.infra.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.activities.StageFailures;
import dev.temper.activities.StageProgress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RunMirrorTest {

  private final HandClock clock = new HandClock();
  private final List<ShownProgress> heard = new ArrayList<>();
  private final RunMirror mirror = new RunMirror(Optional.empty(), record(), new Listener(), clock);

  @Test
  void theRateIsThatOfStepsThatWereSeenInThisAttempt() {
    seen(1, 0, 400, 0);
    clock.forward();
    seen(1, 0, 402, 0);
    // Another worker takes over, and is looked at when it has done some steps.
    clock.forward();
    seen(2, 0, 350, 300);
    clock.forward();
    seen(2, 0, 353, 300);
    // A pause between two looks: Temporal counts from 1 again.
    clock.forward();
    seen(1, 2, 360, 353);
    clock.forward();
    seen(1, 2, 361, 353);

    assertThat(heard)
        .extracting(ShownProgress::stepsPerSecond)
        .containsExactly(0.0, 2.0, 0.0, 3.0, 0.0, 1.0);
  }

  @Test
  void attemptsAreCountedOverPauses() {
    seen(2, 0, 10, 4);
    seen(1, 2, 12, 10);

    assertThat(mirror.record().stage("sft").orElseThrow().attempts()).isEqualTo(3);
  }

  private void seen(int attempt, int earlier, long step, long resumedFrom) {
    mirror.progressed(
        "sft",
        attempt,
        earlier,
        new StageProgress(
            "sft", attempt, step, 1000, resumedFrom, resumedFrom, StageFailures.NONE));
  }

  private static RunRecord record() {
    return new RunRecord(
        "demo",
        "two",
        "hash",
        RunStatus.RUNNING,
        "store",
        "2026-01-01T00:00:00Z",
        Optional.empty(),
        Optional.empty(),
        List.of(StageRecord.pending("sft", "sft", List.of())));
  }

  private final class Listener implements RunListener {
    @Override
    public void changed(StageRecord stage) {}

    @Override
    public void progressed(ShownProgress progress) {
      heard.add(progress);
    }

    @Override
    public void noted(String stage, String note) {}
  }

  /** A clock that goes on by a second when it is told to. */
  private static final class HandClock extends Clock {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    void forward() {
      now = now.plus(Duration.ofSeconds(1));
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
