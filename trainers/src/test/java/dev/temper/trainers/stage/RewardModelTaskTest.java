package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.Input;
import dev.temper.recipes.RewardModelSpec;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.model.Engine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RewardModelTaskTest {

  private static final Optional<Input> TEST = Optional.of(Input.parse("pairs.test"));

  @TempDir static Path made;
  @TempDir Path folder;
  private TinyStages stages;

  @BeforeAll
  static void compare() throws IOException {
    try (TinyStages stages = new TinyStages(made, 2)) {
      stages.run("base", TinySpecs.pretrain(2));
      stages.run(
          "pairs",
          TinySpecs.preferences(30, 2, TinySpecs.labeller(0, 0), Map.of("train", 16, "test", 10)));
    }
  }

  @BeforeEach
  void open() {
    stages = opened(2);
  }

  private TinyStages opened(int threads) {
    TinyStages opened = new TinyStages(folder, threads);
    opened.offer("base", made.resolve("base"));
    opened.offer("pairs.train", made.resolve("pairs/train"));
    opened.offer("pairs.test", made.resolve("pairs/test"));
    return opened;
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void lossFallsAndHeldOutPairsAreMeasured() throws IOException {
    StageTester.Run run = stages.tester(TinySpecs.rewardModel(TEST, 8)).clean();

    List<Double> loss = run.series("train/loss");
    assertThat(loss.get(loss.size() - 1)).isLessThan(loss.get(0) - 0.1);
    Map<String, Double> summary = run.output().summary();
    assertThat(summary)
        .containsKeys(
            "eval/accuracy_start",
            "eval/gold_order",
            "eval/margin",
            "eval/labeller_agreement",
            "reward/mean",
            "reward/std");
    assertThat(summary.get("eval/accuracy"))
        .isBetween(summary.get("eval/accuracy_low"), summary.get("eval/accuracy_high"));
    assertThat(run.metrics().get(0)).containsKeys("data/dropped_identical", "data/dropped_ties");
  }

  @Test
  void scoresOfTheTestCompletionsAreZScores() throws IOException {
    StageTester.Run run = stages.run("rm", TinySpecs.rewardModel(TEST, 1));
    List<PairRow> test =
        JsonLines.read(made.resolve("pairs/test").resolve(PairRow.FILE), PairRow.class);

    try (Compute compute = new Compute(1);
        NormalizedReward reward =
            NormalizedReward.load(new Engine(compute), folder.resolve("rm"))) {
      double[] scores = reward.scores(RewardModelTask.sides(test), 4, Pulse.NONE);

      OptionalDouble mean = Arrays.stream(scores).average();
      assertThat(mean.orElseThrow()).isCloseTo(0, within(1e-4));
      double squares = Arrays.stream(scores).map(score -> score * score).sum();
      assertThat(squares / (scores.length - 1)).isCloseTo(1, within(1e-3));
    }
    assertThat(new String(run.content().get("reward.json"), StandardCharsets.UTF_8))
        .contains("\"normalizedOn\":{\"completions\":20,\"pairs\":\"test\"}");
    assertThat(new String(run.content().get("config.json"), StandardCharsets.UTF_8))
        .contains("LlamaForSequenceClassification");
  }

  @Test
  void finishingComputesNothing() throws IOException {
    FolderInputs inputs =
        new FolderInputs(
            Map.of("base", made.resolve("base"), "pairs.train", made.resolve("pairs/train")),
            folder);
    Compute compute = new Compute(1);
    StageContext context =
        new StageContext(TinySpecs.rewardModel(Optional.empty(), 1), inputs, compute);
    Map<String, ByteBuffer> written = new TreeMap<>();
    try (compute;
        StepwiseTask task = Stages.factory().open(context, Optional.empty())) {
      while (task.step() < task.totalSteps()) {
        task.advance(Pulse.NONE);
      }
      compute.close();
      task.finish(
          new ArtifactWriter() {
            @Override
            public void content(String path, ByteBuffer bytes) {
              written.put(path, bytes);
            }

            @Override
            public void attachment(String path, ByteBuffer bytes) {}
          });
    }
    assertThat(written).containsKeys("reward.json", "model.safetensors");
  }

  @Test
  void withoutTestPairsTheTrainingPairsGiveTheScale() throws IOException {
    StageTester.Run run = stages.tester(TinySpecs.rewardModel(Optional.empty(), 1)).clean();

    assertThat(new String(run.content().get("reward.json"), StandardCharsets.UTF_8))
        .contains("\"pairs\":\"train\"");
    assertThat(run.output().summary()).doesNotContainKey("eval/accuracy");
  }

  @Test
  void aLossThatIsNotFiniteStopsBeforeTheUpdateAndShowsThePairs() throws IOException {
    stages.offer("base", TinyModels.poisoned(made.resolve("base"), folder.resolve("poisoned")));

    StageTester.Failed failed = stages.tester(TinySpecs.rewardModel(TEST, 1)).failed();

    assertThat(failed.failure().type()).isEqualTo(StageFailure.Type.TRAINING_DIVERGED);
    assertThat(failed.changedWeights()).isEmpty();
    assertThat(failed.step().optimizerStep()).hasValue(1L);
    List<PairRow> batch = failed.batch(PairRow.class);
    assertThat(batch).hasSize(4);
    assertThat(training()).extracting(PairRow::promptId).containsAll(ids(batch));
  }

  private static List<Long> ids(List<PairRow> pairs) {
    return pairs.stream().map(PairRow::promptId).toList();
  }

  @Test
  void identicalCompletionsAndTiesAreDroppedAndCounted() throws IOException {
    List<PairRow> pairs = training();
    List<PairRow> changed = new ArrayList<>(pairs.subList(0, 8));
    changed.set(0, copy(pairs.get(0), pairs.get(0).chosen(), false));
    changed.set(1, copy(pairs.get(1), pairs.get(1).rejected(), true));
    offer("train", changed);

    StageTester.Run run = stages.tester(TinySpecs.rewardModel(TEST, 1)).clean();

    assertThat(run.output().summary())
        .containsEntry("data/pairs", 6.0)
        .containsEntry("data/dropped_identical", 1.0)
        .containsEntry("data/dropped_ties", 1.0);
  }

  @Test
  void refusesPairsThatAllTeachNothing() throws IOException {
    offer("train", training().stream().map(pair -> copy(pair, pair.chosen(), false)).toList());

    assertThatThrownBy(() -> stages.tester(TinySpecs.rewardModel(TEST, 1)).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("none of the 16 pairs of pairs.train")
        .extracting(e -> ((StageFailure) e).type())
        .isEqualTo(StageFailure.Type.DATA_CONTRACT);
  }

  @Test
  void refusesTestPromptsThatWereTrainedOn() throws IOException {
    offer("test", training().subList(3, 5));

    assertThatThrownBy(() -> stages.tester(TinySpecs.rewardModel(TEST, 1)).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("2 prompts are both in the training pairs pairs.train");
  }

  @Test
  void anotherSeedGivesAnotherHead() throws IOException {
    RewardModelSpec spec = TinySpecs.rewardModel(TEST, 1);
    StageTester.Run other = stages.tester(TinySpecs.withSeed(spec, 8)).clean();

    assertThat(other.series("eval/margin_start"))
        .isNotEqualTo(stages.tester(spec).clean().series("eval/margin_start"));
  }

  @Test
  void showsScoredCompletionsOfTheTestPairs() throws IOException {
    StageTester.Run run = stages.tester(TinySpecs.rewardModel(TEST, 1)).clean();

    assertThat(
            JsonLines.read(
                ByteBuffer.wrap(run.attachments().get(SampleLine.FILE)),
                SampleLine.FILE,
                SampleLine.class))
        .hasSize(16)
        .allMatch(line -> line.score().isPresent() && line.gold().isPresent());
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester = stages.tester(TinySpecs.rewardModel(TEST, 1));

    assertThat(tester.restartedEverywhere().differencesFrom(tester.clean())).isEmpty();
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    StageTester.Run two = stages.tester(TinySpecs.rewardModel(TEST, 1)).clean();
    try (TinyStages single = opened(1)) {
      assertThat(single.tester(TinySpecs.rewardModel(TEST, 1)).clean().differencesFrom(two))
          .isEmpty();
    }
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    GoldenSeries.check(
        "reward-model", stages.tester(TinySpecs.rewardModel(TEST, 1)).clean().series("train/loss"));
  }

  private List<PairRow> training() throws IOException {
    return JsonLines.read(made.resolve("pairs/train").resolve(PairRow.FILE), PairRow.class);
  }

  private void offer(String split, List<PairRow> pairs) throws IOException {
    Path changed = Files.createDirectories(folder.resolve("changed").resolve(split));
    Files.write(changed.resolve(PairRow.FILE), JsonLines.write(pairs).array());
    stages.offer("pairs." + split, changed);
  }

  private static PairRow copy(PairRow pair, int[] rejected, boolean tie) {
    return new PairRow(
        pair.prompt(),
        pair.promptId(),
        pair.facts(),
        pair.promptTokens(),
        pair.chosen(),
        rejected,
        pair.chosenText(),
        pair.rejectedText(),
        pair.chosenEnded(),
        pair.rejectedEnded(),
        pair.goldChosen(),
        pair.goldRejected(),
        tie);
  }
}
