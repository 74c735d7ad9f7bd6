package dev.temper.activities;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.Stage;
import dev.temper.workflows.ResolvedInput;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Specs for {@link FakeTask}: any number of inputs, a seed, and a number of steps. */
final class FakeStages {

  static final ObjectMapper JSON = RecipeJson.mapper();

  private FakeStages() {}

  static Stage stage(
      String name, long seed, int steps, int checkpointEverySteps, String... inputs) {
    return new Stage(
        name,
        new EvaluationSpec(
            Arrays.stream(inputs).map(Input::parse).toList(),
            List.of(),
            List.of(),
            steps,
            seed,
            new Numerics("float32", "cpu")),
        "",
        checkpointEverySteps,
        new Stage.RetrySpec(0.05, 0.2, 3),
        Optional.empty());
  }

  /** base, sft, (rm, rm-heldout), rl, eval. */
  static Recipe sixStages(int steps, int checkpointEverySteps) {
    return new Recipe(
        "six-stages",
        7,
        List.of(
            stage("base", 1, steps, checkpointEverySteps),
            stage("sft", 2, steps, checkpointEverySteps, "base"),
            stage("rm", 3, steps, checkpointEverySteps, "sft"),
            stage("rm-heldout", 4, steps, checkpointEverySteps, "sft"),
            stage("rl", 5, steps, checkpointEverySteps, "sft", "rm", "rm-heldout"),
            stage("eval", 6, steps, checkpointEverySteps, "base", "sft@last", "rl")));
  }

  static StageIdentities identities() {
    return (spec, inputs) -> {
      ObjectNode identity = JSON.createObjectNode();
      identity.set("spec", JSON.valueToTree(spec));
      inputs.forEach((name, input) -> identity.put(input.output(), input.content()));
      return new StageIdentity(
          Sha256.of(identity.toString()), "evaluation", identity.get("spec"), 1);
    };
  }

  static StageRequest request(String run, Stage stage, StageResult... inputs) {
    Map<String, ResolvedInput> resolved = new LinkedHashMap<>();
    for (StageResult input : inputs) {
      resolved.put(
          input.stage(), new ResolvedInput(input.stage(), input.key(), input.content(), "", ""));
    }
    return new StageRequest(run, stage, resolved);
  }
}
