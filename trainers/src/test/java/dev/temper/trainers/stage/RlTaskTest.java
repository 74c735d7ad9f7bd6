package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.EndSpec;
import dev.temper.recipes.KlSpec;
import dev.temper.recipes.Method;
import dev.temper.recipes.RlSpec;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RlTaskTest {

  /** Never true: nothing that the policy writes matters. */
  private static final Method NEVER = format("(?s)\\A\\z&&");

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
  void aRewardedWordBecomesFrequent() throws IOException {
    StageTester.Run run =
        stages
            .tester(TinyRl.verified(format("(?s).*v.*")).steps(16).learningRate(1e-2).spec())
            .clean();

    List<Double> rate = run.series("reward/format");
    double early = mean(rate.subList(0, 4));
    double late = mean(rate.subList(rate.size() - 4, rate.size()));
    assertThat(late).isGreaterThan(early + 0.15);
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester = stages.tester(TinyRl.modelled().steps(4).spec());

    StageTester.Run clean = tester.clean();
    assertThat(tester.restartedEverywhere().differencesFrom(clean)).isEmpty();
    assertThat(tester.restartedAfter(2L).differencesFrom(clean)).isEmpty();
  }

  @Test
  void aStateThatIsNotSavedShows() throws IOException {
    StageTester tester = stages.tester(TinyRl.modelled().steps(4).spec());

    assertThat(
            tester
                .restartedWithStale("policy/model.safetensors", 2L)
                .differencesFrom(tester.clean()))
        .isNotEmpty();
    assertThatThrownBy(() -> tester.restartedWithout("coefficients.json", 2L))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> tester.restartedWithout("snapshots/step-2/model.safetensors", 2L))
        .isInstanceOf(IOException.class);
  }

  @Test
  void aPolicyThatIsNotFiniteStopsBeforeTheUpdateAndShowsTheBatch() throws IOException {
    TinyModels.poison(folder.resolve("sft"));

    StageTester.Failed failed = stages.tester(TinyRl.modelled().spec()).failed();

    assertThat(failed.failure().type()).isEqualTo(StageFailure.Type.TRAINING_DIVERGED);
    assertThat(failed.changedWeights()).isEmpty();
    assertThat(failed.step().step()).isEqualTo(1);
    assertThat(failed.step().optimizerStep()).hasValue(1L);
    assertThat(failed.step().message()).isEqualTo(failed.failure().getMessage());
    // Half of the batch, since it gives two optimizer steps.
    assertThat(failed.batch(RolloutLine.class))
        .hasSize(6)
        .allSatisfy(line -> assertThat(line.logProbs()).contains(Float.NaN));
  }

  @Test
  void aRewardThatIsNotFiniteShowsEveryCompletionWithItsScore() throws IOException {
    TinyModels.poison(folder.resolve("rm"));

    StageTester.Failed failed = stages.tester(TinyRl.modelled().spec()).failed();

    assertThat(failed.failure()).hasMessageContaining("the reward of completion 0 of prompt");
    assertThat(failed.changedWeights()).isEmpty();
    assertThat(failed.step().optimizerStep()).isEmpty();
    assertThat(failed.batch(RolloutLine.class))
        .hasSize(12)
        .allSatisfy(
            line -> {
              assertThat(line.reward()).isNaN();
              assertThat(line.advantage()).isEmpty();
            });
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    StageTester.Run two = stages.tester(TinyRl.modelled().steps(3).spec()).clean();
    try (TinyStages single = new TinyStages(folder, 1)) {
      TinyPolicies.offer(single, folder);
      assertThat(single.tester(TinyRl.modelled().steps(3).spec()).clean().differencesFrom(two))
          .isEmpty();
    }
  }

  @Test
  void snapshotsStandOnTheGridFirstAndLastIncluded() throws IOException {
    StageTester.Run run = stages.tester(TinyRl.modelled().steps(5).spec()).clean();

    assertThat(run.output().outputs())
        .containsEntry("", "snapshots/step-5")
        .containsOnlyKeys("", "@0", "@2", "@4", "@5");
    assertThat(text(run, "snapshots/step-2/rl.json")).isEqualTo(text(run, "rl.json"));
    assertThat(text(run, "rl.json")).isEqualTo("{\"steps\":[0,2,4,5],\"snapshotEverySteps\":2}");
    assertThat(run.content().get("snapshots/step-0/model.safetensors"))
        .isEqualTo(Files.readAllBytes(folder.resolve("sft/model.safetensors")))
        .isNotEqualTo(run.content().get("snapshots/step-2/model.safetensors"));
    assertThat(run.content()).containsKey("snapshots/step-4/tokenizer.json");
  }

  @Test
  void aGroupOfEqualRewardsGivesNoGradient() throws IOException {
    StageTester.Run run = stages.tester(TinyRl.verified(NEVER).steps(2).spec()).clean();

    assertThat(run.series("policy/gradient_norm")).containsOnly(0.0);
    assertThat(run.series("rollout/zero_variance_groups")).containsOnly(1.0);
    assertThat(run.content().get("snapshots/step-2/model.safetensors"))
        .isEqualTo(run.content().get("snapshots/step-0/model.safetensors"));
  }

  @Test
  void theReferenceStaysWhereItWas() throws IOException {
    Path reference = folder.resolve("sft/model.safetensors");
    byte[] before = Files.readAllBytes(reference);

    StageTester.Run run =
        stages.tester(TinyRl.modelled().steps(4).learningRate(2e-2).spec()).clean();

    List<Double> kl = run.series("kl/k3");
    assertThat(kl.get(0)).isCloseTo(0, within(1e-5));
    // If policy and reference shared their weights it would stay 0.
    assertThat(kl.get(3)).isGreaterThan(1e-3);
    assertThat(Files.readAllBytes(reference)).isEqualTo(before);
  }

  @Test
  void aHigherBetaKeepsThePolicyCloser() throws IOException {
    Method word = format("(?s).*v.*");
    double free = lastKl(TinyRl.verified(word).steps(10).learningRate(1e-2));
    double inReward =
        lastKl(
            TinyRl.verified(word)
                .steps(10)
                .learningRate(1e-2)
                .kl(new KlSpec("reward", "k1", "sum", 1)));
    double inLoss =
        lastKl(
            TinyRl.verified(word)
                .steps(10)
                .learningRate(1e-2)
                .kl(new KlSpec("loss", "k2", "sum", 1)));

    assertThat(inReward).isLessThan(free);
    assertThat(inLoss).isLessThan(free);
  }

  @Test
  void theSamplerAgreesWithTheLearner() throws IOException {
    StageTester.Run run =
        stages
            .tester(TinyRl.modelled().steps(3).learningRate(2e-2).temperature(0.7).spec())
            .clean();

    assertThat(run.series("policy/sampler_gap")).allMatch(gap -> gap < 1e-4);
    assertThat(run.series("policy/ratio_mean")).allMatch(ratio -> Math.abs(ratio - 1) < 0.5);
  }

  @Test
  void whatIsMaskedIsNotTrainedOn() throws IOException {
    // Two tokens: an untrained policy practically never ends within them.
    RlSpec masked = TinyRl.modelled().steps(2).maxTokens(2).end(new EndSpec("mask", 0)).spec();

    StageTester.Run run = stages.tester(masked).clean();

    List<Double> termination = run.series("rollout/termination");
    assertThat(termination.get(0)).isEqualTo(0);
    assertThat(run.series("policy/updates")).startsWith(0.0);
  }

  @Test
  void whatDidNotEndGetsThePenalty() throws IOException {
    StageTester.Run run =
        stages
            .tester(TinyRl.modelled().steps(1).maxTokens(2).end(new EndSpec("penalty", -4)).spec())
            .clean();

    assertThat(run.series("reward/score")).containsExactly(-4.0);
    assertThat(run.series("reward/model").get(0)).isNotEqualTo(-4.0);
  }

  @Test
  void equalSeedsGiveEqualRolloutsWhateverTheBeta() throws IOException {
    StageTester.Run free = stages.tester(TinyRl.modelled().steps(1).spec()).clean();
    StageTester.Run bound =
        stages
            .tester(TinyRl.modelled().steps(1).kl(new KlSpec("reward", "k1", "sum", 0.5)).spec())
            .clean();

    assertThat(bound.series("reward/model")).isEqualTo(free.series("reward/model"));
    assertThat(bound.series("rollout/length")).isEqualTo(free.series("rollout/length"));
  }

  @Test
  void everyAggregationAndAdvantageRuns() throws IOException {
    for (String aggregation : List.of("sequence-mean", "token-mean", "fixed-length")) {
      Method loss = new Method("ppo-clip", Map.of("aggregation", aggregation, "maxLength", 8));
      assertThat(
              stages
                  .tester(TinyRl.modelled().steps(1).loss(loss).spec())
                  .clean()
                  .series("policy/gradient_norm"))
          .allMatch(norm -> norm > 0);
    }
    for (String advantage : List.of("reinforce", "rloo", "grpo", "dr-grpo")) {
      assertThat(
              stages
                  .tester(
                      TinyRl.modelled().steps(1).advantage(new Method(advantage, Map.of())).spec())
                  .clean()
                  .series("policy/gradient_norm"))
          .allMatch(norm -> norm > 0);
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThatThrownBy(
            () -> stages.tester(TinyRl.modelled().steps(1).temperature(0).spec()).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("temperature");
    assertThatThrownBy(
            () ->
                stages
                    .tester(TinyRl.modelled().kl(new KlSpec("rewards", "k1", "sum", 1)).spec())
                    .clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("[none, reward, loss]");
    assertThatThrownBy(
            () -> stages.tester(TinyRl.modelled().end(new EndSpec("drop", 0)).spec()).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("[score, penalty, mask]");
  }

  @Test
  void theCheckpointHoldsCoefficientsByName() throws IOException {
    assertThat(
            JsonLines.object(
                    ByteBuffer.wrap(
                        "{\"values\":{\"kl/beta\":0.25,\"entropy/weight\":1}}"
                            .getBytes(StandardCharsets.UTF_8)),
                    RlTask.Coefficients.class)
                .klBeta())
        .isEqualTo(0.25);
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    StageTester.Run run = stages.tester(TinyRl.modelled().steps(3).spec()).clean();
    List<Double> series = new java.util.ArrayList<>(run.series("policy/gradient_norm"));
    series.addAll(run.series("reward/total"));
    GoldenSeries.check("rl", series);
  }

  private double lastKl(TinyRl rl) throws IOException {
    List<Double> kl = stages.tester(rl.spec()).clean().series("kl/k3");
    return kl.get(kl.size() - 1);
  }

  private static Method format(String pattern) {
    return new Method("format", Map.of("pattern", pattern, "requireEnd", false, "weight", 1.0));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(x -> x).average().orElseThrow();
  }

  private static String text(StageTester.Run run, String path) {
    return new String(run.content().get(path), StandardCharsets.UTF_8);
  }
}
