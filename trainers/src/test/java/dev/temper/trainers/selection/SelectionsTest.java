package dev.temper.trainers.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.temper.recipes.Method;
import dev.temper.trainers.random.NamedRandom;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionsTest {

  private static final double[][] REWARDS = {{1, 3, 3}, {5, -1, 5}, {0.0, -0.0, -2}};
  private static final boolean[][] ALL = {
    {true, true, true}, {true, true, true}, {true, true, true}
  };

  private static List<List<Integer>> select(
      String name, double[][] rewards, boolean[][] eligible, OptionalInt k, long seed) {
    return Selections.create(new Method(name, Map.of()))
        .select(rewards, eligible, k, new NamedRandom(seed, "selection"))
        .stream()
        .map(pair -> Arrays.stream(pair).boxed().toList())
        .toList();
  }

  private static List<List<Integer>> select(String name, OptionalInt k, long seed) {
    return select(name, REWARDS, ALL, k, seed);
  }

  private static List<Integer> pair(int prompt, int completion) {
    return List.of(prompt, completion);
  }

  @Test
  void keepsTheFirstBestCompletionOfEachPrompt() {
    assertThat(select("top-per-prompt", OptionalInt.empty(), 0))
        .containsExactly(pair(0, 1), pair(1, 0), pair(2, 0));
    assertThat(
            select(
                "top-per-prompt",
                new double[][] {{-0.0, 0.0}},
                new boolean[][] {{true, true}},
                OptionalInt.empty(),
                0))
        .containsExactly(pair(0, 0));
  }

  @Test
  void keepsTheFirstBestCompletionsOfAll() {
    assertThat(select("top-k-overall", OptionalInt.of(3), 0))
        .containsExactly(pair(1, 0), pair(1, 2), pair(0, 1));
    assertThat(select("top-k-overall", OptionalInt.of(1), 0)).containsExactly(pair(1, 0));
  }

  @Test
  void looksAtEligibleCompletionsOnly() {
    boolean[][] eligible = {{true, false, false}, {false, false, false}, {false, true, true}};
    assertThat(select("top-per-prompt", REWARDS, eligible, OptionalInt.empty(), 0))
        .containsExactly(pair(0, 0), pair(2, 1));
    assertThat(select("top-k-overall", REWARDS, eligible, OptionalInt.of(9), 0))
        .containsExactly(pair(0, 0), pair(2, 1), pair(2, 2));
    for (int seed = 0; seed < 20; seed++) {
      assertThat(select("random-per-prompt", REWARDS, eligible, OptionalInt.empty(), seed))
          .hasSize(2)
          .startsWith(pair(0, 0))
          .containsAnyOf(pair(2, 1), pair(2, 2));
      assertThat(select("random-k-overall", REWARDS, eligible, OptionalInt.of(9), seed))
          .containsExactly(pair(0, 0), pair(2, 1), pair(2, 2));
    }
  }

  @Test
  void drawsOneCompletionOfEachPromptUniformly() {
    Map<List<Integer>, Integer> counts = new TreeMap<>(Comparator.comparing(List::toString));
    for (int seed = 0; seed < 3_000; seed++) {
      List<List<Integer>> selected = select("random-per-prompt", OptionalInt.empty(), seed);
      assertThat(selected).extracting(pair -> pair.get(0)).containsExactly(0, 1, 2);
      selected.forEach(pair -> counts.merge(pair, 1, Integer::sum));
    }
    assertThat(counts).hasSize(9);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(870, 1_130));
  }

  @Test
  void drawsDifferentCompletionsOfAllUniformly() {
    Map<List<Integer>, Integer> counts = new TreeMap<>(Comparator.comparing(List::toString));
    for (int seed = 0; seed < 3_000; seed++) {
      List<List<Integer>> selected = select("random-k-overall", OptionalInt.of(4), seed);
      assertThat(selected).hasSize(4).doesNotHaveDuplicates();
      assertThat(selected).isSortedAccordingTo(Comparator.comparing(List::toString));
      selected.forEach(pair -> counts.merge(pair, 1, Integer::sum));
    }
    assertThat(counts).hasSize(9);
    assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(1_190, 1_480));
  }

  /** A selection that was made once is made again by every later version. */
  @Test
  void drawsByNameAsDocumented() {
    double[][] rewards = new double[8][50];
    boolean[][] eligible = new boolean[8][50];
    for (boolean[] prompt : eligible) {
      Arrays.fill(prompt, true);
    }
    NamedRandom random = new NamedRandom(3, "selection");
    List<List<Integer>> perPrompt =
        IntStream.range(0, 8).mapToObj(p -> pair(p, random.below(50, 0, p, 0, 0))).toList();
    assertThat(select("random-per-prompt", rewards, eligible, OptionalInt.empty(), 3))
        .isEqualTo(perPrompt);
    List<List<Integer>> overall =
        Arrays.stream(random.permutation(400, 0))
            .limit(5)
            .sorted()
            .mapToObj(i -> pair(i / 50, i % 50))
            .toList();
    assertThat(select("random-k-overall", rewards, eligible, OptionalInt.of(5), 3))
        .isEqualTo(overall);
  }

  @ParameterizedTest
  @ValueSource(strings = {"random-per-prompt", "random-k-overall"})
  void drawsTheSameForTheSameSeed(String name) {
    assertThat(select(name, OptionalInt.of(2), 5)).isEqualTo(select(name, OptionalInt.of(2), 5));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"top-per-prompt", "random-per-prompt", "top-k-overall", "random-k-overall"})
  void keepsNothingWithoutCompletions(String name) {
    assertThat(select(name, new double[0][], new boolean[0][], OptionalInt.of(2), 0)).isEmpty();
    assertThat(select(name, new double[1][0], new boolean[1][0], OptionalInt.of(2), 0)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"top-k-overall", "random-k-overall"})
  void needsAPositiveK(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> select(name, OptionalInt.empty(), 0))
        .withMessage("%s needs k", name);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> select(name, OptionalInt.of(0), 0))
        .withMessage("k must be at least 1, got 0");
  }

  @Test
  void refusesRewardsThatCannotBeCompared() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                select(
                    "top-per-prompt",
                    new double[][] {{1, Double.NaN}},
                    new boolean[][] {{true, false}},
                    OptionalInt.empty(),
                    0))
        .withMessage("rewards must not be NaN, [0][1] is");
  }

  @Test
  void refusesShapesThatDiffer() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> select("top-per-prompt", REWARDS, new boolean[2][3], OptionalInt.empty(), 0))
        .withMessage("rewards and eligible must have the same shape, got 3 and 2 prompts");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> select("top-per-prompt", REWARDS, new boolean[3][2], OptionalInt.empty(), 0))
        .withMessage(
            "rewards and eligible must have the same shape, got 3 and 2 completions of prompt 0");
  }
}
