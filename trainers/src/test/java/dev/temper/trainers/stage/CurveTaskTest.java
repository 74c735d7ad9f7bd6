package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.PeakSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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

class CurveTaskTest {

  private static final PeakSpec PEAK = new PeakSpec("heldout-minus-kl", 0.08, 1);

  @TempDir Path folder;
  private TinyStages stages;

  @BeforeEach
  void open() throws IOException {
    stages = new TinyStages(folder, 2);
    TinyPolicies.offer(stages, folder);
    stages.run("rl", TinyRl.modelled().steps(4).learningRate(2e-2).spec());
  }

  @AfterEach
  void close() {
    stages.close();
  }

  @Test
  void everySnapshotIsAPointAndTheFirstLiesAtZero() throws IOException {
    List<CurvePoint> points = points(run(PEAK));

    assertThat(points).extracting(CurvePoint::step).containsExactly(0L, 2L, 4L);
    assertThat(points.get(0).kl()).containsOnly(0.0);
    assertThat(points.get(0).k3()).containsOnly(0.0);
    assertThat(Arrays.stream(points.get(2).k3()).boxed()).allMatch(k3 -> k3 > 0);
  }

  @Test
  void theTableHasAPointALine() throws IOException {
    StageTester.Run run = run(PEAK);
    List<String> lines = text(run, "curve.csv").lines().toList();

    assertThat(lines.get(0))
        .isEqualTo(
            "step,kl,kl_se,sqrt_kl,proxy,proxy_se,heldout,heldout_se,gold,gold_se,"
                + "completion_tokens,k3,termination,distinct_2");
    assertThat(lines).hasSize(4);
    double[] last =
        Arrays.stream(lines.get(3).split(",", -1)).mapToDouble(Double::parseDouble).toArray();
    double[] gold = points(run).get(2).gold();
    assertThat(last[8]).isCloseTo(Arrays.stream(gold).average().orElseThrow(), within(1e-12));
    assertThat(run.attachments()).containsKeys("curve.csv", "peak.json", "samples.jsonl");
  }

  @Test
  void pointsArePairedByTheirNoise() throws IOException {
    // The same policy at every point: the same noise gives the same completions.
    stages.offer("rl@2", folder.resolve("rl/snapshots/step-0"));
    stages.offer("rl@4", folder.resolve("rl/snapshots/step-0"));

    List<CurvePoint> points = points(run(PEAK));

    assertThat(points.get(1).gold()).isEqualTo(points.get(0).gold());
    assertThat(points.get(2).proxy()).isEqualTo(points.get(0).proxy());
    assertThat(points.get(2).kl()).containsOnly(0.0);
  }

  @Test
  void thePeakIsACopyOfTheChosenSnapshot() throws IOException {
    StageTester.Run run = run(new PeakSpec("last", 0.08, 1));

    assertThat(run.output().outputs()).containsEntry("peak", "peak").containsEntry("", "");
    Path last = folder.resolve("rl/snapshots/step-4");
    for (String file : List.of("model.safetensors", "config.json", "tokenizer.json")) {
      assertThat(run.content().get("peak/" + file))
          .isEqualTo(Files.readAllBytes(last.resolve(file)));
    }
    assertThat(run.output().summary()).containsEntry("curve/peak_step", 4.0);
  }

  @Test
  void thePeakFileHoldsWhatEveryRuleWouldHaveChosen() throws IOException {
    StageTester.Run run = run(PEAK);
    CurvePeak peak =
        JsonLines.object(ByteBuffer.wrap(run.content().get("peak.json")), CurvePeak.class);

    assertThat(peak.rules())
        .containsOnlyKeys("heldout-minus-kl", "kl-budget", "last", "proxy-minus-kl");
    assertThat(peak.rules().values()).allMatch(choice -> choice.regret() >= 0);
    assertThat(peak.rules().get("last").step()).isEqualTo(4);
    assertThat(peak.chosenStep()).isEqualTo(peak.rules().get("heldout-minus-kl").step());
    assertThat(peak.drop().mean()).isBetween(peak.drop().low(), peak.drop().high());
    assertThat(peak.goldMean()).isEqualTo(points(run).get(0).goldMean());
  }

  @Test
  void withoutAHeldOutModelTheRulesThatNeedItAreLeftOut() throws IOException {
    StageTester.Run run =
        stages.tester(spec(Optional.empty(), new PeakSpec("proxy-minus-kl", 0.08, 1))).clean();

    assertThat(text(run, "peak.json")).doesNotContain("heldout-minus-kl");
    assertThat(text(run, "curve.csv").lines().skip(1)).allMatch(line -> line.contains(",,,"));
    assertThatThrownBy(() -> stages.tester(spec(Optional.empty(), PEAK)).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("needs heldout");
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester = stages.tester(spec(Optional.of(TinyPolicies.HELDOUT), PEAK));

    assertThat(tester.restartedEverywhere().differencesFrom(tester.clean())).isEmpty();
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    StageTester.Run two = run(PEAK);
    try (TinyStages single = new TinyStages(folder, 1)) {
      TinyPolicies.offer(single, folder);
      single.offer("rl", folder.resolve("rl/snapshots/step-4"));
      for (int step = 0; step <= 4; step += 2) {
        single.offer("rl@" + step, folder.resolve("rl/snapshots/step-" + step));
      }
      assertThat(
              single
                  .tester(spec(Optional.of(TinyPolicies.HELDOUT), PEAK))
                  .clean()
                  .differencesFrom(two))
          .isEmpty();
    }
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    List<CurvePoint> points = points(run(PEAK));

    GoldenSeries.check(
        "curve",
        points.stream()
            .flatMap(
                point ->
                    List.of(
                        Arrays.stream(point.kl()).sum(),
                        Arrays.stream(point.heldout().orElseThrow()).sum(),
                        Arrays.stream(point.gold()).sum())
                        .stream())
            .toList());
  }

  private StageTester.Run run(PeakSpec peak) throws IOException {
    return stages.tester(spec(Optional.of(TinyPolicies.HELDOUT), peak)).clean();
  }

  private static CurveSpec spec(Optional<Input> heldout, PeakSpec peak) {
    return new CurveSpec(
        Input.parse("rl"),
        TinyPolicies.POLICY,
        TinyPolicies.PROXY,
        heldout,
        new Method("kind-notes", Map.of()),
        TinySpecs.synthetic("kind-notes/prompts", 50, 6),
        2,
        peak,
        new SamplingSpec(1, 8, 4, 2),
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }

  private static List<CurvePoint> points(StageTester.Run run) {
    return JsonLines.read(
        ByteBuffer.wrap(run.content().get("points.jsonl")), "points.jsonl", CurvePoint.class);
  }

  private static String text(StageTester.Run run, String path) {
    return new String(run.content().get(path), StandardCharsets.UTF_8);
  }
}
