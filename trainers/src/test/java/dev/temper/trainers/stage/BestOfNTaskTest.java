package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.BestOfNSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BestOfNTaskTest {

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
  void theProxyRisesWithNFromItsMean() throws IOException {
    StageTester.Run run = stages.tester(spec(Optional.of(TinyPolicies.HELDOUT), 8)).clean();

    List<String[]> table = table(run);
    assertThat(table).extracting(row -> row[0]).containsExactly("1", "2", "4");
    double[] proxy = table.stream().mapToDouble(row -> Double.parseDouble(row[4])).toArray();
    assertThat(proxy[0]).isLessThan(proxy[1]);
    assertThat(proxy[1]).isLessThan(proxy[2]);
    double mean = run.series("reward/proxy").stream().mapToDouble(x -> x).average().orElseThrow();
    // Steps have the same number of prompts here, so the mean of their means is the mean.
    assertThat(proxy[0]).isCloseTo(mean, within(1e-9));
  }

  @Test
  void klIsBoundedByItsValueWithoutTies() throws IOException {
    List<String[]> table = table(stages.tester(spec(Optional.empty(), 8)).clean());

    for (String[] row : table) {
      int n = Integer.parseInt(row[0]);
      assertThat(Double.parseDouble(row[1])).isBetween(-1e-12, Math.log(n) - (n - 1.0) / n + 1e-12);
    }
  }

  @Test
  void columnsOfAMissingHeldOutModelAreEmpty() throws IOException {
    assertThat(table(stages.tester(spec(Optional.empty(), 8)).clean()))
        .allMatch(row -> row[6].isEmpty() && row[7].isEmpty());
  }

  @Test
  void aRestartAtAnyStepChangesNoBit() throws IOException {
    StageTester tester = stages.tester(spec(Optional.of(TinyPolicies.HELDOUT), 8));

    StageTester.Run clean = tester.clean();
    assertThat(clean.metrics()).hasSizeGreaterThan(1);
    assertThat(tester.restartedEverywhere().differencesFrom(clean)).isEmpty();
  }

  @Test
  void oneThreadAndTwoGiveTheSameBits() throws IOException {
    StageTester.Run two = stages.tester(spec(Optional.empty(), 8)).clean();
    try (TinyStages single = new TinyStages(folder, 1)) {
      TinyPolicies.offer(single, folder);
      assertThat(single.tester(spec(Optional.empty(), 8)).clean().differencesFrom(two)).isEmpty();
    }
  }

  @Test
  void fewerSamplesThanTheLargestNAreRefused() {
    assertThatThrownBy(() -> stages.tester(spec(Optional.empty(), 3)).clean())
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("samples 3");
  }

  @Test
  void givesTheGoldenSeries() throws IOException {
    GoldenSeries.check(
        "best-of-n",
        table(stages.tester(spec(Optional.of(TinyPolicies.HELDOUT), 8)).clean()).stream()
            .flatMap(row -> Arrays.stream(row).skip(1).map(Double::valueOf))
            .toList());
  }

  private static BestOfNSpec spec(Optional<Input> heldout, int samples) {
    return new BestOfNSpec(
        TinyPolicies.POLICY,
        TinyPolicies.PROXY,
        heldout,
        new Method("kind-notes", Map.of()),
        TinySpecs.synthetic("kind-notes/prompts", 0, 4),
        List.of(1, 2, 4),
        samples,
        new SamplingSpec(1, 8, 4, 2),
        TinySpecs.SEED,
        TinySpecs.NUMERICS);
  }

  private static List<String[]> table(StageTester.Run run) {
    return new String(run.content().get("best-of-n.csv"), StandardCharsets.UTF_8)
        .lines()
        .skip(1)
        .map(line -> line.split(",", -1))
        .toList();
  }
}
