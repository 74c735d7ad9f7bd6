package dev.temper.workflows;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.SftSpec;
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

  /** base, an sft with a micro-batch, and eval. */
  static Recipe trained(int microBatch) {
    Stage plain = stage("sft", "base");
    SftSpec spec =
        new SftSpec(
            Input.parse("base"),
            new DataSource.File("rows.jsonl", "ab", 0),
            Optional.empty(),
            "final",
            1,
            Optional.empty(),
            32,
            microBatch,
            256,
            1e-3,
            new OptimizerSpec("constant", 0, 0, 0, 0.9, 0.95, 1e-8, 1),
            20,
            new PanelSpec(Optional.empty(), 0, 20, new SamplingSpec(1, 8, 4, 2)),
            7,
            new Numerics("float32", "cpu"));
    return new Recipe("trained", 7, List.of(stage("base"), plain.with(spec), stage("eval", "sft")));
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
