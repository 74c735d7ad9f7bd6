package dev.temper.trainers.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.PeakSpec;
import dev.temper.trainers.estimate.PeakRules.Point;
import dev.temper.trainers.random.NamedRandom;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class PeaksTest {

  private static final List<Point> POINTS =
      List.of(
          new Point(0, 0, OptionalDouble.of(0)),
          new Point(5, 1.0, OptionalDouble.of(1.5)),
          new Point(20, 3.0, OptionalDouble.of(2.0)),
          new Point(15, 2.6, OptionalDouble.of(2.5)),
          new Point(60, 3.5, OptionalDouble.of(2.6)));

  private final Bootstrap bootstrap = new Bootstrap(2_000, new NamedRandom(1, "bootstrap"));
  private final NamedRandom split = new NamedRandom(2, "halves");

  private static int choose(String rule, double lambda, double budget) {
    return PeakRules.choose(new PeakSpec(rule, lambda, budget), POINTS);
  }

  @Test
  void weighsHeldOutRewardAgainstKl() {
    assertThat(choose("heldout-minus-kl", 0.08, 0)).isEqualTo(3);
    assertThat(choose("heldout-minus-kl", 0.2, 0)).isEqualTo(1);
    assertThat(choose("heldout-minus-kl", 0, 0)).isEqualTo(4);
  }

  @Test
  void weighsTheProxyAgainstKl() {
    assertThat(choose("proxy-minus-kl", 0.05, 0)).isEqualTo(2);
    assertThat(choose("proxy-minus-kl", 0.09, 0)).isEqualTo(3);
    assertThat(choose("proxy-minus-kl", 1, 0)).isZero();
  }

  @Test
  void spendsAKlBudget() {
    assertThat(choose("kl-budget", 0, 19)).isEqualTo(3);
    assertThat(choose("kl-budget", 0, 20)).isEqualTo(2);
    assertThat(choose("kl-budget", 0, -1)).isZero();
  }

  @Test
  void takesTheLast() {
    assertThat(choose("last", 0, 0)).isEqualTo(4);
  }

  @Test
  void prefersTheEarliestAmongEquals() {
    Point same = new Point(1, 1, OptionalDouble.of(1));
    for (String rule : List.of("heldout-minus-kl", "proxy-minus-kl", "kl-budget")) {
      assertThat(PeakRules.choose(new PeakSpec(rule, 0.1, 5), List.of(same, same, same))).isZero();
    }
  }

  @Test
  void refusesWhatItCannotChooseBy() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> choose("lst", 0, 0))
        .withMessage(
            "peak rule must be one of [heldout-minus-kl, kl-budget, last, proxy-minus-kl], got"
                + " 'lst' (did you mean last?)");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                PeakRules.choose(
                    new PeakSpec("heldout-minus-kl", 0.1, 0),
                    List.of(new Point(0, 0, OptionalDouble.empty()))))
        .withMessage("heldout-minus-kl needs a held-out reward model");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PeakRules.choose(new PeakSpec("last", 0, 0), List.of()))
        .withMessage("a peak needs at least 1 point");
  }

  @Test
  void measuresWhatAChoiceLoses() {
    double[] gold = {1, 2.5, 2, -3};
    assertThat(PeakRules.regret(gold, 1)).isZero();
    assertThat(PeakRules.regret(gold, 3)).isEqualTo(5.5);
    assertThat(PeakRules.highest(new double[] {1, 2, 2})).isEqualTo(1);
    assertThat(PeakRules.highest(new double[] {3, 2, 2})).isZero();
  }

  @Test
  void measuresEachHalfWhereTheOtherHasItsPeak() {
    int prompts = 5;
    int[] order = split.permutation(prompts, 0);
    double[][] values = new double[4][prompts];
    // The first half (2 prompts) is highest at point 1, the second (3 prompts) at point 2.
    for (int i = 0; i < prompts; i++) {
      values[1][order[i]] = i < 2 ? 10 : 1;
      values[2][order[i]] = i < 2 ? 2 : 20;
      values[3][order[i]] = -i;
    }
    CrossFittedPeak peak = CrossFittedPeak.of(values, split, bootstrap);
    assertThat(peak.chosenOnFirstHalf()).isEqualTo(1);
    assertThat(peak.chosenOnSecondHalf()).isEqualTo(2);
    assertThat(peak.peak().estimate()).isCloseTo((2 * 2 + 3 * 1) / 5.0, within(1e-12));
    assertThat(peak.drop().estimate()).isCloseTo((7 + 10) / 5.0, within(1e-12));
    assertThat(peak.peak().n()).isEqualTo(5);
    double[] drops = new double[prompts];
    for (int i = 0; i < prompts; i++) {
      drops[order[i]] = (i < 2 ? 2 : 1) + i;
    }
    assertThat(peak.drop()).isEqualTo(bootstrap.mean(drops));
  }

  @Test
  void isNotOptimisticAboutNoise() {
    NamedRandom noise = new NamedRandom(5, "noise");
    double optimistic = 0;
    double honest = 0;
    int trials = 60;
    for (int trial = 0; trial < trials; trial++) {
      double[][] values = new double[20][40];
      for (int point = 0; point < 20; point++) {
        for (int prompt = 0; prompt < 40; prompt++) {
          values[point][prompt] = noise.gaussian(trial, prompt, point, 0);
        }
      }
      double[] means = Arrays.stream(values).mapToDouble(Means::of).toArray();
      optimistic += means[PeakRules.highest(means)] / trials;
      honest +=
          CrossFittedPeak.of(values, split, new Bootstrap(1, split)).peak().estimate() / trials;
    }
    assertThat(optimistic).isGreaterThan(0.2);
    assertThat(honest).isCloseTo(0, within(0.09));
  }

  @Test
  void refusesTooLittleToSplit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CrossFittedPeak.of(new double[3][1], split, bootstrap))
        .withMessage("a cross-fitted peak needs 1 point and 2 prompts at least, got 3 and 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CrossFittedPeak.of(new double[0][], split, bootstrap))
        .withMessage("a cross-fitted peak needs 1 point and 2 prompts at least, got 0 and 0");
    assertThat(CrossFittedPeak.of(new double[1][2], split, bootstrap).drop().estimate()).isZero();
  }
}
