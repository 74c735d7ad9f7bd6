package dev.temper.recipes.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.FakeCatalog;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Shipped;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlWriterTest {

  private final RecipeReader reader = new RecipeReader(new FakeCatalog());

  @ParameterizedTest
  @ValueSource(strings = {"quickstart", "rlvr", "tiny"})
  void whatItWritesReadsBackAsTheSameRecipe(String name) {
    Recipe recipe = Shipped.recipe(name);

    String yaml = YamlWriter.write(recipe);

    assertThat(reader.read("written.yaml", yaml)).isEqualTo(recipe);
    assertThat(YamlWriter.write(reader.read("written.yaml", yaml))).isEqualTo(yaml);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stages.rl.learningRate=1.0e-7",
        "stages.rl.kl.beta=123456789.123",
        "stages.rl.optimizer.epsilon=1e-300",
        "stages.rl.seed=9007199254740991",
        "stages.rl.queue='gpu: 0 # \"a\\b\" true'",
        "stages.rl.queue='true'",
        "stages.rl.queue='1e3'",
        "stages.rl.queue=\u00e4\u20ac",
        "stages.rl.gate={metric: 'reward/proxy', min: -1.5}",
        "stages.rl.timeouts={heartbeatSeconds: 5}",
        "stages.rl.timeouts={heartbeatSeconds: 5, attemptSeconds: 1e6}",
        "stages.rl.steps=5",
        "stages.sft.data={file: 'C:\\a b.jsonl', limit: 4}",
        "stages.rl.loss={name: ppo-clip, clipLow: 1e-12}"
      })
  void holdsForEveryKindOfValue(String assignment) {
    Recipe recipe =
        reader.read(
            new RecipeReader.Source("tiny.yaml", Shipped.text("tiny")),
            List.of(),
            List.of(assignment));

    assertThat(recipe).isNotEqualTo(Shipped.recipe("tiny"));
    assertThat(reader.read("written.yaml", YamlWriter.write(recipe))).isEqualTo(recipe);
  }

  @Test
  void showsEveryDefault() {
    assertThat(YamlWriter.write(Shipped.recipe("quickstart")))
        .contains("optimizer: {schedule: constant, warmupSteps: 10, floor: 0.1,")
        .contains("numerics: {format: float32, device: cpu}")
        .contains("retry: {initialSeconds: 1.0, maximumSeconds: 60.0, attemptsWithoutProgress: 3}");
  }
}
