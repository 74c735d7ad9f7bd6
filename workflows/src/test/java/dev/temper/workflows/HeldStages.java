package dev.temper.workflows;

import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCanceledException;
import io.temporal.failure.ApplicationFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Stages whose attempts do what a test says, one behaviour per attempt; the rest succeed. */
final class HeldStages implements StageActivities {

  /** What one attempt does. */
  interface Behaviour {
    void play(ActivityExecutionContext context);
  }

  private final Map<String, Deque<Behaviour>> behaviours = new ConcurrentHashMap<>();
  private final List<String> started = new CopyOnWriteArrayList<>();
  private final List<String> queues = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);

  /** The next attempts at a stage. */
  HeldStages next(String stage, Behaviour... some) {
    behaviours.computeIfAbsent(stage, any -> new ArrayDeque<>()).addAll(List.of(some));
    return this;
  }

  /** Gives signs of life until it is cancelled, and ends as cancelled. */
  static Behaviour untilCancelled() {
    return context -> Heartbeats.untilCancelled();
  }

  /** Gives signs of life until the latch is open or it is cancelled. */
  static Behaviour until(CountDownLatch latch) {
    return context -> {
      while (latch.getCount() > 0) {
        context.heartbeat(null);
        LockSupport.parkNanos(10_000_000);
      }
    };
  }

  /** Finishes though it is cancelled. */
  static Behaviour finishesWhenCancelled() {
    return context -> {
      try {
        Heartbeats.untilCancelled();
      } catch (ActivityCanceledException e) {
        // Its last step was over already.
      }
    };
  }

  /** Fails for good when it is cancelled. */
  static Behaviour failsWhenCancelled(String type) {
    return context -> {
      try {
        Heartbeats.untilCancelled();
      } catch (ActivityCanceledException e) {
        throw ApplicationFailure.newNonRetryableFailure("loss is NaN at step 3", type);
      }
    };
  }

  /** Ends as a worker does that shuts down just then. */
  static Behaviour shutsDownWhenCancelled() {
    return context -> {
      try {
        Heartbeats.untilCancelled();
      } catch (ActivityCanceledException e) {
        throw ApplicationFailure.newFailure("gave the stage back", "HandedOver");
      }
    };
  }

  /** No sign of life any more, as of a worker that was killed. */
  Behaviour diesWhenCancelled() {
    return context -> {
      try {
        Heartbeats.untilCancelled();
      } catch (ActivityCanceledException e) {
        await(end);
      }
    };
  }

  static Behaviour fails(String type) {
    return context -> {
      throw ApplicationFailure.newNonRetryableFailure("loss is NaN at step 3", type);
    };
  }

  /** Fails in a way that is worth another attempt, but not soon. */
  static Behaviour failsUntilLater() {
    return context -> {
      throw ApplicationFailure.newFailureWithCauseAndDelay(
          "no route", "IOException", null, Duration.ofHours(5));
    };
  }

  @Override
  public StageResult run(StageRequest request) {
    String stage = request.stage().name();
    ActivityExecutionContext context = Activity.getExecutionContext();
    queues.add(stage + " on " + context.getInfo().getActivityTaskQueue());
    Deque<Behaviour> mine = behaviours.getOrDefault(stage, new ArrayDeque<>());
    Behaviour behaviour;
    synchronized (mine) {
      behaviour = mine.poll();
    }
    started.add(stage);
    if (behaviour != null) {
      behaviour.play(context);
    }
    return result(stage);
  }

  static StageResult result(String stage) {
    return new StageResult(
        stage,
        "evaluation",
        "key-" + stage,
        "content-" + stage,
        false,
        1,
        0,
        10,
        0.5,
        Map.of("", "", "@5", "snapshots/step-5"),
        Map.of("eval/accuracy", 0.7),
        List.of());
  }

  /** Names of the stages in the order in which attempts began. */
  List<String> started() {
    return started;
  }

  /** {@code STAGE on QUEUE} per attempt. */
  List<String> queues() {
    return queues;
  }

  /** Waits until a number of attempts at a stage began. */
  void awaitStarts(String stage, int times) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (started.stream().filter(stage::equals).count() < times) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("%s did not start %d times: %s".formatted(stage, times, started));
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Lets what looks dead come to its end. */
  void end() {
    end.countDown();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
