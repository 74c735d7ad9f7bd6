package dev.temper.infra.temporal;

import dev.temper.activities.StageFailures;
import dev.temper.activities.StageProgress;
import dev.temper.workflows.StageActivities;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import io.temporal.activity.Activity;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Stages that give signs of life until a test lets them go on, or fail when it says so. */
final class HeldStages implements StageActivities {

  private final Set<String> held = ConcurrentHashMap.newKeySet();
  private final Set<String> failing = ConcurrentHashMap.newKeySet();
  private final Map<String, CountDownLatch> started = new ConcurrentHashMap<>();

  void hold(String stage) {
    held.add(stage);
  }

  void release(String stage) {
    held.remove(stage);
  }

  void fail(String stage) {
    failing.add(stage);
  }

  void heal(String stage) {
    failing.remove(stage);
  }

  void awaitStart(String stage) throws InterruptedException {
    if (!started(stage).await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("stage " + stage + " was not started");
    }
  }

  private CountDownLatch started(String stage) {
    return started.computeIfAbsent(stage, name -> new CountDownLatch(1));
  }

  @Override
  public StageResult run(StageRequest request) {
    String stage = request.stage().name();
    ActivityExecutionContext context = Activity.getExecutionContext();
    int attempt = context.getInfo().getAttempt();
    context.heartbeat(new StageProgress("sft", attempt, 4, 10, 0, 0, StageFailures.NONE));
    started(stage).countDown();
    if (failing.contains(stage)) {
      throw ApplicationFailure.newNonRetryableFailure("loss is NaN", "TrainingDiverged");
    }
    while (held.contains(stage)) {
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        throw Activity.wrap(e);
      }
      context.heartbeat(new StageProgress("sft", attempt, 5, 10, 0, 4, StageFailures.NONE));
    }
    return new StageResult(
        stage,
        "sft",
        "key-" + stage,
        "content-" + stage,
        false,
        attempt,
        0,
        10,
        1,
        Map.of("", ""),
        Map.of("train/loss", 0.5),
        List.of());
  }
}
