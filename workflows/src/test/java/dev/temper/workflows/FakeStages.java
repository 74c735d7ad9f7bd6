package dev.temper.workflows;

import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Recipes of stages with any inputs. */
final class FakeStages {

  private FakeStages() {}

  /** base, sft, (rm, rm-heldout), rl, eval. */
  static Recipe sixStages() {
    return new Recipe(
        "six-stages",
        7,
        List.of(
            stage("base"),
            stage("sft", "base"),
            stage("rm", "sft"),
            stage("rm-heldout", "sft"),
            stage("rl", "sft", "rm", "rm-heldout"),
            stage("eval", "base", "sft", "rl@5")));
  }

  /** bad and what reads it, and beside them a chain: a, b, c. */
  static Recipe twoBranches() {
    return new Recipe(
        "two-branches",
        7,
        List.of(
            stage("bad"), stage("after-bad", "bad"), stage("a"), stage("b", "a"), stage("c", "b")));
  }

  static Stage stage(String name, String... inputs) {
    return new Stage(
        name,
        new EvaluationSpec(
            Arrays.stream(inputs).map(Input::parse).toList(),
            List.of(),
            List.of(),
            10,
            7,
            new Numerics("float32", "cpu")),
        "",
        0,
        new Stage.RetrySpec(0.01, 0.02, 3),
        Optional.empty());
  }

  static Stage gated(Stage stage, Stage.Gate gate) {
    return new Stage(
        stage.name(),
        stage.spec(),
        stage.queue(),
        stage.checkpointEverySteps(),
        stage.retry(),
        Optional.of(gate));
  }
}
