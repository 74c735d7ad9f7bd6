package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkerEndTest {

  private long nanos;

  @Test
  void aWorkerThatReachesNobodyEndsWithinItsGrace() throws InterruptedException {
    SlowWaits waits = new SlowWaits(Duration.ofHours(1));

    assertThat(new WorkerEnd(Duration.ofSeconds(60), () -> nanos).of(waits)).isFalse();

    assertThat(waits.limits)
        .containsExactly(Duration.ofSeconds(58), Duration.ofSeconds(2), Duration.ZERO);
    assertThat(Duration.ofNanos(nanos)).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void whatStagesDoNotNeedIsLeftForMlflow() throws InterruptedException {
    SlowWaits waits = new SlowWaits(Duration.ofSeconds(3));

    assertThat(new WorkerEnd(Duration.ofSeconds(60), () -> nanos).of(waits)).isTrue();

    assertThat(waits.limits)
        .containsExactly(Duration.ofSeconds(58), Duration.ofSeconds(57), Duration.ofSeconds(10));
  }

  @Test
  void withoutGraceNothingIsWaitedFor() throws InterruptedException {
    SlowWaits waits = new SlowWaits(Duration.ofSeconds(3));

    assertThat(new WorkerEnd(Duration.ZERO, () -> nanos).of(waits)).isFalse();

    assertThat(waits.limits).containsOnly(Duration.ZERO);
  }

  /** Everything takes as long, or to its limit. */
  private final class SlowWaits implements WorkerEnd.Waits {
    private final Duration each;
    private final List<Duration> limits = new ArrayList<>();

    SlowWaits(Duration each) {
      this.each = each;
    }

    private boolean await(Duration limit) {
      limits.add(limit);
      boolean inTime = each.compareTo(limit) <= 0;
      nanos += (inTime ? each : limit).toNanos();
      return inTime;
    }

    @Override
    public void takeNoMore() {}

    @Override
    public boolean saved(Duration limit) {
      return await(limit);
    }

    @Override
    public void reported(Duration limit) {
      await(limit);
    }

    @Override
    public void sent(Duration limit) {
      await(limit);
    }
  }
}
