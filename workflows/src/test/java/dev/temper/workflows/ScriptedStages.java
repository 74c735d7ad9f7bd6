package dev.temper.workflows;

import dev.temper.recipes.Stage;
import io.temporal.activity.Activity;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Gives every stage a made-up artifact, or fails as told. */
final class ScriptedStages implements StageActivities {

  /** Fails an attempt at a stage by throwing. */
  interface Script {
    void play(StageRequest request, int attempt);
  }

  private final Script script;
  private final List<String> order = new CopyOnWriteArrayList<>();
  private final Map<String, StageRequest> requests = new ConcurrentHashMap<>();

  ScriptedStages(Script script) {
    this.script = script;
  }

  static ScriptedStages thatSucceed() {
    return new ScriptedStages((request, attempt) -> {});
  }

  /** The first attempts at a stage fail in a way that is worth another attempt. */
  static ScriptedStages thatFailFirst(String stage, int times) {
    return new ScriptedStages(
        (request, attempt) -> {
          if (request.stage().name().equals(stage) && attempt <= times) {
            throw ApplicationFailure.newFailure("the disk was full", "IOException");
          }
        });
  }

  static ScriptedStages thatFailForGood(String stage, String type) {
    return new ScriptedStages(
        (request, attempt) -> {
          if (request.stage().name().equals(stage)) {
            throw ApplicationFailure.newNonRetryableFailure("loss is NaN at step 3", type);
          }
        });
  }

  @Override
  public StageResult run(StageRequest request) {
    Stage stage = request.stage();
    order.add(stage.name());
    requests.put(stage.name(), request);
    int attempt = Activity.getExecutionContext().getInfo().getAttempt();
    script.play(request, attempt);
    return new StageResult(
        stage.name(),
        "evaluation",
        "key-" + stage.name(),
        "content-" + stage.name(),
        false,
        attempt,
        0,
        10,
        0.5,
        Map.of("", "", "@5", "snapshots/step-5"),
        Map.of("eval/accuracy", 0.7),
        List.of());
  }

  /** Names of the stages in the order in which attempts began. */
  List<String> order() {
    return order;
  }

  StageRequest request(String stage) {
    return requests.get(stage);
  }
}
