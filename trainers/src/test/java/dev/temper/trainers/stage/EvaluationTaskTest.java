package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.SuiteSpec;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationTaskTest {

  private static final SamplingSpec SAMPLING = new SamplingSpec(1, 8, 4, 2);
  private static final SuiteSpec NOTES =
      suite(
          "notes",
          TinySpecs.synthetic("kind-notes/prompts", 20, 7),
          "gold",
          "termination",
          "length",
          "distinct-1",
          "distinct-2");
  private static final SuiteSpec LIKELIHOOD =
      suite("heldout", TinySpecs.synthetic("kind-notes/demonstrations", 20, 5), "likelihood");

  @TempDir Path folder;
  private TinyStages stages;

  @BeforeEach
  void open() throws IOException {
    stages = new TinyStages(folder, 2);
    TinyPolicies.offer(stages, folder);
    stages.offer("twin", TinyModels.policy(folder.resolve("twin"), 1));
    stages.offer("other", TinyModels.policy(folder.resolve("other"), 9));
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void everyMeanLiesInItsInterval() throws IOException {
    EvaluationReport report = report(run(NOTES, LIKELIHOOD));

    assertThat(report.models()).containsExactly("sft", "twin", "other");
    assertThat(report.suites())
        .allSatisfy(
            suite ->
                assertThat(suite.metrics())
                    .isNotEmpty()
                    .allMatch(m -> m.low() <= m.mean() && m.mean() <= m.high()));
    assertThat(report.suites().get(0).metrics()).hasSize(15).allMatch(metric -> metric.n() == 7);
  }

  @Test
  void equalModelsAreEqualToTheLastBit() throws IOException {
    List<EvaluationReport.Pair> pairs = report(run(NOTES)).suites().get(0).pairs();

    assertThat(pairs).filteredOn(pair -> pair.b().equals("twin")).hasSize(5);
    assertThat(pairs)
        .filteredOn(pair -> pair.a().equals("sft") && pair.b().equals("twin"))
        .allMatch(pair -> pair.difference() == 0 && pair.low() == 0 && pair.high() == 0);
    assertThat(pairs)
        .filteredOn(pair -> pair.metric().equals("gold"))
        .extracting(pair -> pair.a() + " " + pair.b())
        .containsExactly("sft twin", "sft other", "twin other");
  }

  @Test
  void theLikelihoodIsNatsPerToken() throws IOException {
    Map<String, Double> summary = run(LIKELIHOOD).output().summary();

    // An untrained model is about as surprised as one that knows nothing of 192 words.
    assertThat(summary.get("eval/heldout/likelihood/sft")).isCloseTo(Math.log(192), within(1.5));
  }

  @Test
  void exactMatchExtractsAnswers() throws IOException {
    SuiteSpec backward =
        suite("backward", TinySpecs.synthetic("backward/prompts", 0, 5), "exact-match");

    assertThat(run(backward).output().summary())
        .containsEntry("eval/backward/exact-match/sft", 0.0);
  }

  @Test
  void theIntervalOfTheLikelihoodIsThatOfARatio() throws IOException {
    EvaluationReport.Metric metric = report(run(LIKELIHOOD)).suites().get(0).metrics().get(0);

    // Rows of very different length, all about equally surprising by token.
    assertThat(metric.high() - metric.low()).isLessThan(0.5);
  }

  @Test
  void rewardModelsAreMeasuredOnPairs() throws IOException {
    pairs(
        pair(1, 5, 9, false, 1, 0),
        pair(2, 6, 8, false, 0, 1),
        pair(3, 6, 6, false, 1, 1),
        pair(4, 7, 8, true, 1, 0));
    SuiteSpec suite =
        new SuiteSpec(
            "pairs",
            Optional.empty(),
            List.of("reward-accuracy"),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Input.parse("pairs.test")),
            SAMPLING);

    EvaluationReport report = report(run(suite));

    assertThat(report.rewardModels()).containsExactly("rm", "rm-heldout");
    List<EvaluationReport.Metric> metrics = report.suites().get(0).metrics();
    assertThat(metrics)
        .extracting(EvaluationReport.Metric::metric)
        .containsOnly("reward-accuracy", "reward-gold-order");
    // Identical completions are left out everywhere, the tie where labels count.
    assertThat(metrics)
        .filteredOn(metric -> metric.metric().equals("reward-accuracy"))
        .allMatch(metric -> metric.n() == 2);
    assertThat(metrics)
        .filteredOn(metric -> metric.metric().equals("reward-gold-order"))
        .allMatch(metric -> metric.n() == 3);
  }

  @Test
  void samplesNameTheirModel() throws IOException {
    StageTester.Run run = run(NOTES);

    String samples = new String(run.attachments().get(SampleLine.FILE), StandardCharsets.UTF_8);
    assertThat(samples.lines()).hasSize(3 * 7);
    assertThat(samples).contains("\"model\":\"twin\"", "\"gold\":");
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester = stages.tester(spec(NOTES, LIKELIHOOD));

    StageTester.Run clean = tester.clean();
    assertThat(clean.metrics()).hasSize(6);
    assertThat(tester.restartedEverywhere().differencesFrom(clean)).isEmpty();
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    StageTester.Run two = run(NOTES, LIKELIHOOD);
    try (TinyStages single = new TinyStages(folder, 1)) {
      TinyPolicies.offer(single, folder);
      single.offer("twin", folder.resolve("twin"));
      single.offer("other", folder.resolve("other"));
      assertThat(single.tester(spec(NOTES, LIKELIHOOD)).clean().differencesFrom(two)).isEmpty();
    }
  }

  @Test
  void anUnknownMetricAndAMissingScorerAreRefusedAtOnce() {
    SuiteSpec unknown = suite("notes", NOTES.data().orElseThrow(), "charm");
    assertThatThrownBy(() -> run(unknown))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("charm");
    SuiteSpec unscored =
        new SuiteSpec(
            "notes",
            NOTES.data(),
            List.of("gold"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            SAMPLING);
    assertThatThrownBy(() -> run(unscored))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("needs gold");
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    GoldenSeries.check(
        "evaluation",
        report(run(NOTES, LIKELIHOOD)).suites().stream()
            .flatMap(suite -> suite.metrics().stream())
            .flatMap(metric -> List.of(metric.mean(), metric.low(), metric.high()).stream())
            .toList());
  }

  private StageTester.Run run(SuiteSpec... suites) throws IOException {
    return stages.tester(spec(suites)).clean();
  }

  private static EvaluationSpec spec(SuiteSpec... suites) {
    return new EvaluationSpec(
        List.of(TinyPolicies.POLICY, Input.parse("twin"), Input.parse("other")),
        List.of(TinyPolicies.PROXY, TinyPolicies.HELDOUT),
        List.of(suites),
        200,
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }

  private static SuiteSpec suite(String name, DataSource data, String... metrics) {
    return new SuiteSpec(
        name,
        Optional.of(data),
        List.of(metrics),
        Optional.of(new Method("kind-notes", Map.of())),
        Optional.of(new Method("exact-match", Map.of())),
        Optional.empty(),
        SAMPLING);
  }

  private void pairs(PairRow... pairs) throws IOException {
    Files.write(folder.resolve(PairRow.FILE), JsonLines.write(List.of(pairs)).array());
    stages.offer("pairs.test", folder);
  }

  private static PairRow pair(
      long prompt, int chosen, int rejected, boolean tie, double goldChosen, double goldRejected) {
    return new PairRow(
        "prompt " + prompt,
        prompt,
        Map.of(),
        new int[] {0, 20},
        new int[] {chosen, 1},
        new int[] {rejected, 1},
        "chosen",
        "rejected",
        true,
        true,
        Optional.of(goldChosen),
        Optional.of(goldRejected),
        tie);
  }

  private static EvaluationReport report(StageTester.Run run) throws IOException {
    return JsonLines.object(
        ByteBuffer.wrap(run.content().get(EvaluationReport.FILE)), EvaluationReport.class);
  }
}
