package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.Input;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.StageSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.model.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stages whose result is an average of the weights train and measure as they do without. */
class AveragedStagesTest {

  private static final ObjectMapper JSON = RecipeJson.mapper();
  private static final String WEIGHTS = "model.safetensors";

  @TempDir static Path made;
  private static TinyStages stages;

  @BeforeAll
  static void prepare() throws IOException {
    stages = new TinyStages(made, 2);
    stages.run("base", TinySpecs.pretrain(2));
    stages.run(
        "pairs",
        TinySpecs.preferences(20, 2, TinySpecs.labeller(0, 0), Map.of("train", 9, "test", 6)));
    TinyPolicies.offer(stages, Files.createDirectories(made.resolve("untrained")));
  }

  @AfterAll
  static void close() {
    stages.close();
  }

  private static StageSpec averaged(StageSpec spec) throws JsonProcessingException {
    ObjectNode tree = JSON.valueToTree(spec);
    ((ObjectNode) tree.get("optimizer")).putObject("ema").put("decay", 0.5);
    return JSON.treeToValue(tree, StageSpec.class);
  }

  /** The run with an average, which differs in its weights alone, also after restarts. */
  private static StageTester.Run assertOnlyTheResultDiffers(StageSpec spec, String weights)
      throws IOException {
    StageTester.Run plain = stages.tester(spec).clean();
    StageTester tester = stages.tester(averaged(spec));
    StageTester.Run run = tester.clean();

    assertThat(run.metrics()).isEqualTo(plain.metrics());
    assertThat(run.content().get(weights)).isNotEqualTo(plain.content().get(weights));
    assertThat(tester.restartedEverywhere().differencesFrom(run)).isEmpty();
    return run;
  }

  @Test
  void ofSupervisedFineTuning() throws IOException {
    assertOnlyTheResultDiffers(
        TinySpecs.sft(TinySpecs.demonstrations(8), 1, Optional.of(3)), WEIGHTS);
  }

  @Test
  void aRewardModelIsNormalizedOnTheScoresOfItsResult() throws IOException {
    StageTester.Run run =
        assertOnlyTheResultDiffers(
            TinySpecs.rewardModel(Optional.of(Input.parse("pairs.test")), 1), WEIGHTS);

    Path written = run.writeTo(made.resolve("averaged-rm"));
    List<PairRow> test =
        JsonLines.read(made.resolve("pairs/test").resolve(PairRow.FILE), PairRow.class);
    try (Compute compute = new Compute(1);
        NormalizedReward reward = NormalizedReward.load(new Engine(compute), written)) {
      double[] scores = reward.scores(RewardModelTask.sides(test), 4, Pulse.NONE);
      assertThat(Arrays.stream(scores).average().orElseThrow()).isCloseTo(0, within(1e-4));
    }
  }

  @Test
  void everySnapshotOfReinforcementIsTheAverageAtItsStep() throws IOException {
    StageTester.Run run =
        assertOnlyTheResultDiffers(
            TinyRl.modelled().steps(4).spec(), "snapshots/step-2/" + WEIGHTS);

    assertThat(run.content().get("snapshots/step-0/" + WEIGHTS))
        .isEqualTo(Files.readAllBytes(made.resolve("untrained/sft/" + WEIGHTS)));
    assertThat(run.content().get("snapshots/step-4/" + WEIGHTS))
        .isNotEqualTo(run.content().get("snapshots/step-2/" + WEIGHTS));
  }
}
