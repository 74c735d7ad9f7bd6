package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.Stage;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StageFailuresTest {

  private static final Stage.RetrySpec RETRY = new Stage.RetrySpec(1, 60, 3);

  @Test
  void theWaitDoublesWhileFailuresFollowEachOtherWithoutALaterStep() {
    StageFailures failures = StageFailures.NONE;
    long[] seconds = new long[8];
    for (int i = 0; i < seconds.length; i++) {
      failures = failures.and(7 - i % 2, failure(i));
      seconds[i] = failures.backOff(RETRY).toSeconds();
    }
    assertThat(seconds).containsExactly(1, 2, 4, 8, 16, 32, 60, 60);
  }

  @Test
  void theWaitIsShortAgainAfterALaterStep() {
    StageFailures failures = StageFailures.NONE;
    for (int i = 0; i < 5; i++) {
      failures = failures.and(7, failure(i));
    }
    assertThat(failures.and(8, failure(0)).backOff(RETRY)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void theWaitIsNeverShorterThanTheInitialOneNorEndlessAfterManyFailures() {
    StageFailures failures = StageFailures.NONE;
    for (int i = 0; i < 200; i++) {
      failures = failures.and(0, failure(i));
    }
    assertThat(failures.backOff(RETRY)).isEqualTo(Duration.ofMinutes(1));
    assertThat(failures.backOff(new Stage.RetrySpec(90, 60, 3))).isEqualTo(Duration.ofSeconds(90));
  }

  private static RuntimeException failure(int number) {
    return number % 2 == 0 ? new IllegalStateException() : new IllegalArgumentException();
  }
}
