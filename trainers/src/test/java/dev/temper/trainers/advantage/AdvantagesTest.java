package dev.temper.trainers.advantage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdvantagesTest {

  private static final double[][] REWARDS = random(3, 5);

  private static double[][] random(int prompts, int group) {
    Random random = new Random(1);
    double[][] rewards = new double[prompts][group];
    for (double[] row : rewards) {
      for (int i = 0; i < group; i++) {
        row[i] = random.nextGaussian() * 3 + 1;
      }
    }
    return rewards;
  }

  private static double[][] compute(String name, Map<String, Object> parameters, double[][] r) {
    return Advantages.create(new Method(name, parameters)).compute(r);
  }

  @Test
  void subtractsTheMeanOfTheWholeBatch() {
    double sum = 0;
    for (double[] row : REWARDS) {
      for (double reward : row) {
        sum += reward;
      }
    }
    double mean = sum / 15;
    double[][] advantage = compute("reinforce", Map.of(), REWARDS);
    assertEach(advantage, (p, i) -> REWARDS[p][i] - mean);
  }

  @Test
  void leavesTheRewardAsItIsWithoutABaseline() {
    assertThat(compute("reinforce", Map.of("baseline", "none"), REWARDS)).isDeepEqualTo(REWARDS);
  }

  @Test
  void subtractsTheMeanOfTheOthersInRloo() {
    assertEach(
        compute("rloo", Map.of(), REWARDS),
        (p, i) -> {
          double others = 0;
          for (int j = 0; j < 5; j++) {
            others += j == i ? 0 : REWARDS[p][j];
          }
          return REWARDS[p][i] - others / 4;
        });
    assertThat(compute("rloo", Map.of(), new double[][] {{1, 0, 0, 0}, {1, 1, 0, 1}})[0][0])
        .isEqualTo(1);
  }

  @Test
  void standardizesWithTheSampleDeviationInGrpo() {
    assertEach(
        compute("grpo", Map.of("epsilon", 0.01), REWARDS),
        (p, i) -> {
          double mean = 0;
          for (double reward : REWARDS[p]) {
            mean += reward / 5;
          }
          double squares = 0;
          for (double reward : REWARDS[p]) {
            squares += Math.pow(reward - mean, 2);
          }
          return (REWARDS[p][i] - mean) / (Math.sqrt(squares / 4) + 0.01);
        });
  }

  @Test
  void subtractsTheMeanOfTheGroupInDrGrpo() {
    double[][] drGrpo = compute("dr-grpo", Map.of(), REWARDS);
    assertEach(
        drGrpo,
        (p, i) -> {
          double mean = 0;
          for (double reward : REWARDS[p]) {
            mean += reward / 5;
          }
          return REWARDS[p][i] - mean;
        });
    double[][] rloo = compute("rloo", Map.of(), REWARDS);
    assertEach(rloo, (p, i) -> drGrpo[p][i] * 5 / 4);
  }

  /** Rewards whose float32, and often float64, mean differs from them in the last place. */
  @ParameterizedTest
  @ValueSource(strings = {"reinforce", "rloo", "grpo", "dr-grpo"})
  void isExactlyZeroWithoutContrast(String name) {
    for (int group = 2; group <= 64; group++) {
      for (double reward : new double[] {0.05, 0.1, 0.3, 0.45, 0.7, 1.1, -2.3}) {
        double[][] rewards = new double[1][group];
        Arrays.fill(rewards[0], reward);
        assertThat(compute(name, Map.of(), rewards)[0]).containsOnly(0.0);
      }
    }
  }

  @Test
  void keepsContrastBetweenPromptsWithABatchMean() {
    assertThat(compute("reinforce", Map.of(), new double[][] {{1, 1}, {0, 0}}))
        .isDeepEqualTo(new double[][] {{0.5, 0.5}, {-0.5, -0.5}});
  }

  @Test
  void looksAtEachGroupAlone() {
    double[][] rewards = {{1, 3}, {5, 5, 5}, {0, 0, 3}};
    assertThat(compute("dr-grpo", Map.of(), rewards))
        .isDeepEqualTo(new double[][] {{-1, 1}, {0, 0, 0}, {-1, -1, 2}});
  }

  @ParameterizedTest
  @ValueSource(strings = {"reinforce", "rloo", "grpo", "dr-grpo"})
  void isEmptyWithoutPrompts(String name) {
    assertThat(compute(name, Map.of(), new double[0][])).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rloo", "grpo"})
  void refusesAGroupThatIsItsOwnBaseline(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compute(name, Map.of(), new double[][] {{1, 2}, {1}}))
        .withMessage("%s needs groups of at least 2 completions, group 1 has 1", name);
  }

  @Test
  void refusesAnEmptyGroup() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compute("dr-grpo", Map.of(), new double[1][0]))
        .withMessage("dr-grpo needs groups of at least 1 completions, group 0 has 0");
  }

  @Test
  void acceptsAGroupOfOneWhereThatMakesSense() {
    assertThat(compute("dr-grpo", Map.of(), new double[][] {{3}})[0]).containsExactly(0);
    assertThat(compute("reinforce", Map.of(), new double[][] {{3}, {1}}))
        .isDeepEqualTo(new double[][] {{1}, {-1}});
  }

  @ParameterizedTest
  @ValueSource(strings = {"reinforce", "rloo", "grpo", "dr-grpo"})
  void refusesRewardsThatAreNotFinite(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compute(name, Map.of(), new double[][] {{1, 2}, {1, Double.NaN}}))
        .withMessage("rewards must be finite, [1][1] is NaN");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> compute(name, Map.of(), new double[][] {{Double.POSITIVE_INFINITY, 2}}))
        .withMessage("rewards must be finite, [0][0] is Infinity");
  }

  @Test
  void isRegisteredWithItsParameters() {
    assertThat(Advantages.family().entries())
        .extracting(entry -> entry.name() + entry.parameters())
        .isEqualTo(
            List.of(
                "dr-grpo{}", "grpo{epsilon=1.0E-4}", "reinforce{baseline=batch-mean}", "rloo{}"));
  }

  private interface Expected {
    double at(int prompt, int completion);
  }

  private static void assertEach(double[][] actual, Expected expected) {
    assertThat(actual.length).isEqualTo(REWARDS.length);
    for (int p = 0; p < actual.length; p++) {
      assertThat(actual[p]).hasSize(REWARDS[p].length);
      for (int i = 0; i < actual[p].length; i++) {
        assertThat(actual[p][i]).isCloseTo(expected.at(p, i), within(1e-12));
      }
    }
  }
}
