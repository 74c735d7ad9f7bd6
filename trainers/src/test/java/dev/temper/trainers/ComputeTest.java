package dev.temper.trainers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ComputeTest {

  @Test
  void resultsComeInTheOrderOfThePieces() {
    try (Compute compute = new Compute(3)) {
      List<Callable<Integer>> pieces = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        int number = i;
        pieces.add(() -> number);
      }
      List<Integer> results = compute.all(pieces, Pulse.NONE);
      assertThat(results).hasSize(100).isSorted();
    }
  }

  @Test
  void anErrorIsThrownOnlyWhenNoPieceRunsAnyMore() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean ended = new AtomicBoolean();
    Callable<String> failing =
        () -> {
          begun.await();
          throw new OutOfMemoryError("planted");
        };
    Callable<String> running =
        () -> {
          begun.countDown();
          goOn.await();
          ended.set(true);
          return "done";
        };
    // The caller beats only while it waits for the running piece: the error has come by then.
    try (Compute compute = new Compute(2)) {
      assertThatThrownBy(() -> compute.all(List.of(failing, running), goOn::countDown))
          .isInstanceOf(OutOfMemoryError.class)
          .hasMessage("planted");
      assertThat(ended).isTrue();
    } finally {
      goOn.countDown();
    }
  }

  @Test
  @Timeout(60)
  void closingEndsTheWaitForPiecesThatWillNeverRun() {
    CountDownLatch never = new CountDownLatch(1);
    Callable<Boolean> waiting = () -> never.await(1, TimeUnit.HOURS);
    Compute compute = new Compute(1);
    // Closed by the first beat, while one piece runs and one waits for the thread.
    assertThatThrownBy(() -> compute.all(List.of(waiting, waiting), compute::close))
        .isInstanceOf(IllegalStateException.class)
        .hasCauseInstanceOf(InterruptedException.class);
    Callable<Boolean> last = () -> true;
    assertThatThrownBy(() -> compute.all(List.of(last), Pulse.NONE))
        .isInstanceOf(RejectedExecutionException.class);
  }

  @Test
  @Timeout(60)
  void piecesThatNeverBeganAreCancelledByClosing() {
    CountDownLatch never = new CountDownLatch(1);
    Compute compute = new Compute(1);
    Callable<Boolean> untilInterrupted =
        () -> {
          try {
            return never.await(1, TimeUnit.HOURS);
          } catch (InterruptedException e) {
            return false;
          }
        };
    assertThatThrownBy(
            () -> compute.all(List.of(untilInterrupted, untilInterrupted), compute::close))
        .isInstanceOf(CancellationException.class);
  }
}
