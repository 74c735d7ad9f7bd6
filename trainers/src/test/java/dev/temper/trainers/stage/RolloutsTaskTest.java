package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RolloutsTaskTest {

  private static final Method GOLD = new Method("kind-notes", Map.of());
  private static final int PROMPTS = 9;
  private static final int GROUP = 3;

  @TempDir Path folder;
  private TinyStages stages;

  @BeforeEach
  void open() throws IOException {
    stages = new TinyStages(folder, 2);
    TinyPolicies.offer(stages, folder);
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void everyPromptHasItsCompletionsInOrder() throws IOException {
    List<RolloutRow> rows = rows(stages.tester(spec(Optional.of(GOLD), 4)).clean());

    assertThat(rows).hasSize(PROMPTS * GROUP);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(rows.get(i).sample()).isEqualTo(i % GROUP);
      assertThat(rows.get(i).promptId()).isEqualTo(rows.get(i - i % GROUP).promptId());
    }
    assertThat(rows.stream().map(RolloutRow::promptId).distinct()).hasSize(PROMPTS);
    assertThat(rows.stream().map(row -> Arrays.toString(row.tokens())).distinct())
        .hasSizeGreaterThan(PROMPTS * GROUP / 2);
  }

  @Test
  void scoresAreTheRewardModelPlusWeightedVerifiers() throws IOException {
    List<RolloutRow> plain = rows(stages.tester(spec(Optional.empty(), 4)).clean());
    Method always =
        new Method("format", Map.of("pattern", "(?s).*", "requireEnd", false, "weight", 2.5));
    List<RolloutRow> raised =
        rows(stages.tester(spec(List.of(always), Optional.empty(), 4)).clean());

    for (int i = 0; i < plain.size(); i++) {
      assertThat(raised.get(i).score()).isEqualTo(plain.get(i).score() + 2.5);
      assertThat(raised.get(i).tokens()).isEqualTo(plain.get(i).tokens());
    }
  }

  @Test
  void goldIsWrittenDownAndDoesNotTouchTheScore() throws IOException {
    StageTester.Run without = stages.tester(spec(Optional.empty(), 4)).clean();
    StageTester.Run with = stages.tester(spec(Optional.of(GOLD), 4)).clean();

    assertThat(rows(without)).allMatch(row -> row.gold().isEmpty());
    assertThat(rows(with)).allMatch(row -> row.gold().isPresent());
    assertThat(scores(with)).isEqualTo(scores(without));
    assertThat(with.output().summary()).containsKey("rollout/gold");
  }

  @Test
  void howPromptsAreCutIntoStepsDoesNotChangeTheNoise() throws IOException {
    List<RolloutRow> small = rows(stages.tester(spec(Optional.empty(), 2)).clean());
    List<RolloutRow> large = rows(stages.tester(spec(Optional.empty(), 64)).clean());

    assertThat(small).extracting(RolloutRow::text).isEqualTo(texts(large));
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester = stages.tester(spec(Optional.of(GOLD), 2));

    StageTester.Run clean = tester.clean();
    assertThat(clean.metrics()).hasSizeGreaterThan(2);
    assertThat(tester.restartedEverywhere().differencesFrom(clean)).isEmpty();
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    StageTester.Run two = stages.tester(spec(Optional.of(GOLD), 4)).clean();
    try (TinyStages single = new TinyStages(folder, 1)) {
      TinyPolicies.offer(single, folder);
      assertThat(single.tester(spec(Optional.of(GOLD), 4)).clean().differencesFrom(two)).isEmpty();
    }
  }

  @Test
  void aRewardModelWithAnotherTokenizerIsRefused() throws IOException {
    Path other = TinyModels.rewardModel(folder.resolve("other"), folder.resolve("sft"), 5);
    Path config = other.resolve("tokenizer.json");
    Files.writeString(config, Files.readString(config).replace("\"wonderful\"", "\"wonderfu1\""));
    Files.writeString(config, Files.readString(config) + "\n");
    stages.offer("rm", other);

    assertThatThrownBy(() -> stages.tester(spec(Optional.empty(), 4)).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("reward model has another tokenizer");
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    GoldenSeries.check(
        "rollouts", stages.tester(spec(Optional.of(GOLD), 2)).clean().series("reward/total"));
  }

  private static RolloutsSpec spec(Optional<Method> gold, int chunkSequences) {
    return spec(List.of(), gold, chunkSequences);
  }

  private static RolloutsSpec spec(
      List<Method> verifiers, Optional<Method> gold, int chunkSequences) {
    return new RolloutsSpec(
        TinyPolicies.POLICY,
        Optional.of(Input.parse("rm")),
        verifiers,
        gold,
        TinySpecs.synthetic("kind-notes/prompts", 0, PROMPTS),
        GROUP,
        new SamplingSpec(1, 8, chunkSequences, 2),
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }

  private static List<Double> scores(StageTester.Run run) {
    return rows(run).stream().map(RolloutRow::score).toList();
  }

  private static List<String> texts(List<RolloutRow> rows) {
    return rows.stream().map(RolloutRow::text).toList();
  }

  private static List<RolloutRow> rows(StageTester.Run run) {
    return JsonLines.read(
        ByteBuffer.wrap(run.content().get(RolloutRow.FILE)), RolloutRow.FILE, RolloutRow.class);
  }
}
