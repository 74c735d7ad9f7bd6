package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.infra.run.StageRecord;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.mlflow.api.proto.Service.Run;

/**
 * The models that stages make, as MLflow's logged models that point into the store: no weights are
 * copied.
 */
final class Models {

  private static final Set<String> KINDS =
      Set.of("pretrain", "sft", "reward-model", "preference-tuning", "rl");
  private static final String READY = "LOGGED_MODEL_READY";

  private final MlflowCalls calls;

  Models(MlflowCalls calls) {
    this.calls = calls;
  }

  /**
   * Makes the model of a finished stage known, once.
   *
   * @param tags of the model: where it lies and what it is
   * @return its id; empty if there is none
   */
  Optional<String> log(Run run, TrackedRun tracked, StageRecord stage, Map<String, String> tags) {
    if (!KINDS.contains(stage.kind())) {
      return Optional.empty();
    }
    try {
      JsonNode model = find(run);
      if (model.isMissingNode()) {
        model = create(run, tracked, stage, tags);
      }
      String id = model.at("/info/model_id").asText();
      if (isReady(model)) {
        return Optional.of(id); // the last thing that is done to it
      }
      link(run, id, stage.steps());
      ObjectNode body = MlflowCalls.body().put("model_id", id).put("status", READY);
      calls.sendPatch("logged-models/" + id, body.toString());
      return Optional.of(id);
    } catch (MlflowFailure e) {
      if (!e.missing()) { // a server from before logged models: the tags of the run say it all
        throw e;
      }
      return Optional.empty();
    }
  }

  private JsonNode find(Run run) {
    ObjectNode body = MlflowCalls.body();
    body.putArray("experiment_ids").add(run.getInfo().getExperimentId());
    body.put("filter", "source_run_id = '%s'".formatted(run.getInfo().getRunId()));
    return calls.post("logged-models/search", body).path("models").path(0);
  }

  private JsonNode create(
      Run run, TrackedRun tracked, StageRecord stage, Map<String, String> tags) {
    ObjectNode body =
        MlflowCalls.body()
            .put("experiment_id", run.getInfo().getExperimentId())
            .put("name", name(tracked.recipe().name() + "-" + stage.name()))
            .put("model_type", stage.kind())
            .put("source_run_id", run.getInfo().getRunId());
    ArrayNode params = body.putArray("params");
    params.addObject().put("key", "steps").put("value", Long.toString(stage.steps()));
    ArrayNode list = body.putArray("tags");
    tags.forEach((key, value) -> list.addObject().put("key", key).put("value", value));
    return calls.post("logged-models", body).path("model");
  }

  private static String name(String name) {
    return name.replaceAll("[/:.%\"']", "_");
  }

  private static boolean isReady(JsonNode model) {
    return model.at("/info/status").asText().equals(READY);
  }

  /** MLflow refuses the same link a second time. */
  private void link(Run run, String model, long step) {
    JsonNode there = calls.get("runs/get?run_id=" + run.getInfo().getRunId());
    for (JsonNode output : there.at("/run/outputs/model_outputs")) {
      if (output.path("model_id").asText().equals(model)) {
        return;
      }
    }
    ObjectNode body = MlflowCalls.body().put("run_id", run.getInfo().getRunId());
    body.putArray("models").addObject().put("model_id", model).put("step", step);
    calls.post("runs/outputs", body);
  }
}
