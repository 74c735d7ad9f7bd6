package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.Input;
import dev.temper.recipes.LoraSpec;
import dev.temper.recipes.Method;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.PreferenceTuningSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceTuningTaskTest {

  /** Steps that compute the reference: 9 training and 7 test pairs, at least 5 at a time. */
  private static final int REFERENCE_STEPS = 4;

  @TempDir static Path made;
  @TempDir Path folder;
  private TinyStages stages;

  @BeforeAll
  static void compare() throws IOException {
    TinyModels.policy(made.resolve("base"), 1);
    TinyModels.policy(made.resolve("other"), 2);
    write(made.resolve("train"), pairs(0, 9));
    write(made.resolve("test"), pairs(9, 16));
  }

  @BeforeEach
  void open() {
    stages = opened(2);
  }

  private TinyStages opened(int threads) {
    TinyStages opened = new TinyStages(folder, threads);
    opened.offer("base", made.resolve("base"));
    opened.offer("other", made.resolve("other"));
    opened.offer("pairs.train", made.resolve("train"));
    opened.offer("pairs.test", made.resolve("test"));
    return opened;
  }

  @AfterEach
  void close() {
    stages.close();
  }

  /** The chosen completions hold small token ids, the rejected ones large ones. */
  private static List<PairRow> pairs(int from, int to) {
    return IntStream.range(from, to).mapToObj(PreferenceTuningTaskTest::pair).toList();
  }

  private static PairRow pair(int i) {
    return new PairRow(
        "prompt " + i,
        i,
        Map.of(),
        tokens("prompt", i, 2 + i % 5, 5, 60),
        tokens("chosen", i, 1 + i % 7, 10, 14),
        tokens("rejected", i, 2 + i % 3, 40, 44),
        "chosen",
        "rejected",
        true,
        true,
        Optional.of(i % 3 == 0 ? 0.0 : 1.0),
        Optional.of(0.5),
        false);
  }

  private static int[] tokens(String name, int i, int length, int from, int to) {
    int[] order = new NamedRandom(7, name).permutation(to - from, i);
    return IntStream.range(0, length).map(t -> from + order[t % order.length]).toArray();
  }

  private static Path write(Path folder, List<PairRow> pairs) throws IOException {
    Files.createDirectories(folder);
    Files.write(folder.resolve(PairRow.FILE), JsonLines.write(pairs).array());
    return folder;
  }

  @ParameterizedTest
  @CsvSource({"dpo, 0.5", "dpo-norm, 2", "ipo, 0.2", "hinge, 0.5"})
  void lossFallsAndHeldOutPairsAreOrderedBetter(String loss, double beta) throws IOException {
    PreferenceTuningSpec spec = TinySpecs.preferenceTuning("base", 12);

    StageTester.Run run =
        stages.tester(with(spec, new Method(loss, Map.of("beta", beta)), 2, 48)).clean();

    List<Double> losses = run.series("train/loss");
    assertThat(losses).hasSize(12);
    assertThat(losses.get(11)).isLessThan(0.8 * losses.get(0));
    Map<String, Double> summary = run.output().summary();
    assertThat(summary.get("eval/accuracy_start")).isEqualTo(0.5);
    assertThat(summary.get("eval/accuracy")).isGreaterThan(0.8);
    assertThat(summary.get("eval/loss")).isLessThan(summary.get("eval/loss_start"));
    assertThat(summary.get("eval/margin")).isPositive();
    assertThat(summary.get("eval/accuracy"))
        .isBetween(summary.get("eval/accuracy_low"), summary.get("eval/accuracy_high"));
    // Gold disagrees with the labels of the pairs 9, 12 and 15.
    assertThat(summary.get("eval/labeller_agreement")).isCloseTo(4 / 7.0, within(1e-12));
    assertThat(summary.get("eval/gold_order"))
        .isCloseTo(goldOrder(summary.get("eval/accuracy")), within(0.3));
  }

  private static double goldOrder(double accuracy) {
    return accuracy * 4 / 7 + (1 - accuracy) * 3 / 7;
  }

  @Test
  void theFirstStepsComputeTheReferenceAndNothingElse() throws IOException {
    StageTester.Run run = stages.tester(TinySpecs.preferenceTuning("other", 2)).clean();

    assertThat(run.metrics()).hasSize(REFERENCE_STEPS + 2);
    assertThat(run.series("reference/pairs")).containsExactly(6.0, 9.0, 15.0, 16.0);
    assertThat(run.metrics().get(0))
        .containsOnlyKeys(
            "data/pairs", "data/dropped_ties", "data/dropped_identical", "reference/pairs");
    assertThat(run.metrics().get(1)).containsOnlyKeys("reference/pairs");
    assertThat(run.metrics().get(REFERENCE_STEPS))
        .containsKeys("train/loss", "eval/loss_start", "samples/termination_start");
  }

  @Test
  void aPolicyThatIsItsReferenceStartsAtTheLossOfATie() throws IOException {
    Map<String, Double> start =
        stages.tester(TinySpecs.preferenceTuning("base", 1)).clean().metrics().get(REFERENCE_STEPS);

    assertThat(start)
        .containsEntry("eval/accuracy_start", 0.5)
        .containsEntry("eval/margin_start", 0.0)
        .containsEntry("eval/log_ratio_chosen_start", 0.0);
    assertThat(start.get("eval/loss_start")).isCloseTo(Math.log(2), within(1e-15));
    assertThat(start.get("train/loss")).isCloseTo(Math.log(2), within(1e-6));
    assertThat(start.get("train/margin")).isCloseTo(0, within(1e-5));
  }

  /** Against plain loops over log-probabilities of each completion alone, without any packing. */
  @Test
  void theFirstLossIsThatOfTheFormula() throws IOException {
    PreferenceTuningSpec spec = batchOfAll(2, 48);
    // All pairs are one step of the reference.
    Map<String, Double> start = stages.tester(spec).clean().metrics().get(1);

    List<PairRow> pairs = pairs(0, 9);
    double loss = 0;
    double chosenRatio = 0;
    double rejectedLogp = 0;
    double right = 0;
    try (Compute compute = new Compute(1);
        LanguageModel policy = LanguageModel.load(new Engine(compute), made.resolve("base"));
        LanguageModel other = LanguageModel.load(new Engine(compute), made.resolve("other"))) {
      for (PairRow pair : pairs) {
        PairLogProbs mine = PairLogProbs.of(policy, List.of(pair), 1, Pulse.NONE);
        PairLogProbs theirs = PairLogProbs.of(other, List.of(pair), 1, Pulse.NONE);
        double chosen = mine.chosen()[0] - theirs.chosen()[0];
        double rejected = mine.rejected()[0] - theirs.rejected()[0];
        loss += Math.log1p(Math.exp(-0.1 * (chosen - rejected))) / 9;
        chosenRatio += chosen / 9;
        rejectedLogp += mine.rejected()[0] / 9;
        right += chosen > rejected ? 1 / 9.0 : 0;
      }
    }
    assertThat(start.get("train/loss")).isCloseTo(loss, within(1e-6));
    assertThat(start.get("train/log_ratio_chosen")).isCloseTo(chosenRatio, within(1e-5));
    assertThat(start.get("train/reward_chosen")).isCloseTo(0.1 * chosenRatio, within(1e-6));
    assertThat(start.get("train/logp_rejected")).isCloseTo(rejectedLogp, within(1e-5));
    assertThat(start.get("train/accuracy")).isCloseTo(right, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"1, 8", "3, 16", "4, 200", "9, 48"})
  void neitherMicroBatchesNorRowsChangeTheUpdate(int microBatchPairs, int rowTokens)
      throws IOException {
    StageTester.Run one = stages.tester(batchOfAll(2, 48)).clean();
    StageTester.Run other = stages.tester(batchOfAll(microBatchPairs, rowTokens)).clean();

    for (String metric :
        List.of("train/loss", "train/gradient_norm", "train/margin", "train/logp_chosen")) {
      List<Double> expected = one.series(metric);
      for (int step = 0; step < expected.size(); step++) {
        assertThat(other.series(metric).get(step))
            .as("%s of step %d", metric, step)
            .isCloseTo(expected.get(step), within(1e-4 * (1 + Math.abs(expected.get(step)))));
      }
    }
    assertThat(other.series("train/gradient_norm").get(0))
        .isCloseTo(one.series("train/gradient_norm").get(0), within(1e-5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"base", "other"})
  void aRestartAtAnyStepChangesNoBit(String reference) throws IOException {
    StageTester tester = stages.tester(TinySpecs.preferenceTuning(reference, 3));

    assertThat(tester.restartedEverywhere().differencesFrom(tester.clean())).isEmpty();
  }

  @Test
  void aRestartOfAdaptersChangesNoBit() throws IOException {
    StageTester tester = stages.tester(withAdapters(TinySpecs.preferenceTuning("base", 2)));

    StageTester.Run clean = tester.clean();
    assertThat(clean.content()).containsKey("adapter/adapter_config.json");
    assertThat(tester.restartedEverywhere().differencesFrom(clean)).isEmpty();
  }

  @Test
  void theReferenceIsReadFromTheCheckpoint() throws IOException {
    StageTester tester = stages.tester(TinySpecs.preferenceTuning("other", 2));

    assertThatThrownBy(
            () -> tester.restartedWithout("reference.bin", REFERENCE_STEPS + 1L).series("x"))
        .hasMessageContaining("reference.bin");
  }

  @Test
  void untilTheFirstUpdateACheckpointHoldsNoWeights() throws IOException {
    assertThat(stages.tester(TinySpecs.preferenceTuning("other", 1)).checkpointPaths())
        .containsExactlyInAnyOrder("progress.json", "reference.bin", "samples/chunks.json");
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    PreferenceTuningSpec spec = TinySpecs.preferenceTuning("other", 2);
    StageTester.Run two = stages.tester(spec).clean();
    try (TinyStages single = opened(1)) {
      assertThat(single.tester(spec).clean().differencesFrom(two)).isEmpty();
    }
  }

  @Test
  void identicalCompletionsAndTiesAreDroppedAndCounted() throws IOException {
    List<PairRow> pairs = new ArrayList<>(pairs(0, 8));
    pairs.set(0, copy(pairs.get(0), pairs.get(0).chosen(), false));
    pairs.set(1, copy(pairs.get(1), pairs.get(1).rejected(), true));
    stages.offer("pairs.train", write(folder.resolve("changed"), pairs));

    assertThat(stages.tester(TinySpecs.preferenceTuning("base", 1)).clean().output().summary())
        .containsEntry("data/pairs", 6.0)
        .containsEntry("data/dropped_identical", 1.0)
        .containsEntry("data/dropped_ties", 1.0);
  }

  @Test
  void refusesTestPromptsThatWereTrainedOn() throws IOException {
    stages.offer("pairs.test", write(folder.resolve("changed"), pairs(7, 10)));

    assertThatThrownBy(() -> stages.tester(TinySpecs.preferenceTuning("base", 1)).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("2 prompts are both in the training pairs pairs.train");
  }

  @Test
  void aReferenceThatGivesNoNumberStopsAndShowsThePairs() throws IOException {
    stages.offer("other", TinyModels.poisoned(made.resolve("base"), folder.resolve("poisoned")));

    StageTester.Failed failed = stages.tester(TinySpecs.preferenceTuning("other", 1)).failed();

    assertThat(failed.failure().type()).isEqualTo(StageFailure.Type.TRAINING_DIVERGED);
    assertThat(failed.failure())
        .hasMessageContaining("the reference gives the completions of 'prompt 0'");
    assertThat(failed.batch(PairRow.class)).extracting(PairRow::promptId).startsWith(0L, 1L);
  }

  @Test
  void aLossThatIsNotFiniteStopsBeforeTheUpdateAndShowsThePairs() throws IOException {
    stages.offer("base", TinyModels.poisoned(made.resolve("base"), folder.resolve("poisoned")));
    PreferenceTuningSpec spec = withoutPanel(TinySpecs.preferenceTuning("other", 1));

    StageTester.Failed failed = stages.tester(spec).failed();

    assertThat(failed.failure().type()).isEqualTo(StageFailure.Type.TRAINING_DIVERGED);
    assertThat(failed.changedWeights()).isEmpty();
    assertThat(failed.step().optimizerStep()).hasValue(1L);
    assertThat(failed.batch(PairRow.class)).hasSize(5);
  }

  @Test
  void withoutAPanelOfItsOwnThePromptsOfThePairsAreSampled() throws IOException {
    List<PairRow> pairs = new ArrayList<>(pairs(0, 8));
    pairs.set(3, rendered(pairs.get(3)));
    stages.offer("pairs.train", write(folder.resolve("changed"), pairs));

    StageTester.Run run =
        stages.tester(withPanel(TinySpecs.preferenceTuning("base", 1), 2)).clean();

    assertThat(
            JsonLines.read(
                ByteBuffer.wrap(run.attachments().get(SampleLine.FILE)),
                SampleLine.FILE,
                SampleLine.class))
        .extracting(SampleLine::prompt)
        .containsExactly("prompt 3", "prompt 3");
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    GoldenSeries.check(
        "preference-tuning",
        stages.tester(TinySpecs.preferenceTuning("other", 4)).clean().series("train/loss"));
  }

  private PairRow rendered(PairRow pair) throws IOException {
    try (Compute compute = new Compute(1);
        ModelFolder.Policy policy = ModelFolder.load(new Engine(compute), made.resolve("base"))) {
      int[] prompt =
          policy.format().prompt(new dev.temper.trainers.data.Prompt(pair.prompt(), Map.of(), 3));
      return new PairRow(
          pair.prompt(),
          pair.promptId(),
          pair.facts(),
          prompt,
          pair.chosen(),
          pair.rejected(),
          pair.chosenText(),
          pair.rejectedText(),
          true,
          true,
          pair.goldChosen(),
          pair.goldRejected(),
          false);
    }
  }

  private static PairRow copy(PairRow pair, int[] rejected, boolean tie) {
    return new PairRow(
        pair.prompt(),
        pair.promptId(),
        pair.facts(),
        pair.promptTokens(),
        pair.chosen(),
        Arrays.copyOf(rejected, rejected.length),
        pair.chosenText(),
        pair.rejectedText(),
        pair.chosenEnded(),
        pair.rejectedEnded(),
        pair.goldChosen(),
        pair.goldRejected(),
        tie);
  }

  private static PreferenceTuningSpec batchOfAll(int microBatchPairs, int rowTokens) {
    PreferenceTuningSpec spec = TinySpecs.preferenceTuning("other", 2);
    return changed(
        spec,
        Optional.empty(),
        spec.loss(),
        9,
        microBatchPairs,
        rowTokens,
        spec.optimizer(),
        new PanelSpec(Optional.empty(), 0, 1, TinySpecs.SAMPLING));
  }

  private static PreferenceTuningSpec with(
      PreferenceTuningSpec spec, Method loss, int microBatchPairs, int rowTokens) {
    return changed(
        spec, spec.test(), loss, 5, microBatchPairs, rowTokens, spec.optimizer(), spec.panel());
  }

  private static PreferenceTuningSpec withoutPanel(PreferenceTuningSpec spec) {
    return changed(
        spec,
        Optional.empty(),
        spec.loss(),
        5,
        2,
        48,
        spec.optimizer(),
        new PanelSpec(Optional.empty(), 0, 1, TinySpecs.SAMPLING));
  }

  private static PreferenceTuningSpec withPanel(PreferenceTuningSpec spec, int rows) {
    return changed(
        spec,
        spec.test(),
        spec.loss(),
        5,
        2,
        48,
        spec.optimizer(),
        new PanelSpec(Optional.empty(), rows, 1, TinySpecs.SAMPLING));
  }

  private static PreferenceTuningSpec withAdapters(PreferenceTuningSpec spec) {
    OptimizerSpec plain = spec.optimizer();
    OptimizerSpec adapters =
        new OptimizerSpec(
            plain.schedule(),
            plain.warmupSteps(),
            plain.floor(),
            plain.weightDecay(),
            plain.beta1(),
            plain.beta2(),
            plain.epsilon(),
            plain.maxGradientNorm(),
            plain.name(),
            plain.decayShare(),
            Optional.of(new LoraSpec(2, 4, List.of("q_proj", "down_proj"), false)),
            Optional.empty());
    return changed(spec, spec.test(), spec.loss(), 5, 2, 48, adapters, spec.panel());
  }

  private static PreferenceTuningSpec changed(
      PreferenceTuningSpec spec,
      Optional<Input> test,
      Method loss,
      int batchPairs,
      int microBatchPairs,
      int rowTokens,
      OptimizerSpec optimizer,
      PanelSpec panel) {
    return new PreferenceTuningSpec(
        spec.init(),
        spec.reference(),
        spec.pairs(),
        test,
        loss,
        spec.epochs(),
        spec.steps(),
        batchPairs,
        microBatchPairs,
        rowTokens,
        spec.learningRate(),
        optimizer,
        spec.evaluateEverySteps(),
        panel,
        spec.seed(),
        spec.numerics());
  }
}
