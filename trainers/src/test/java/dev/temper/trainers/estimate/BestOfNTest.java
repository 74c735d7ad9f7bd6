package dev.temper.trainers.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.Method;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BestOfNTest {

  private static final double[] DISTINCT = {0.3, -1, 2.5, 0.9, 4, -3};
  private static final double[] TIED = {1, 0, 1, 2, 0, 1};
  private static final double[] GOLD = {10, 20, -5, 7, 1, 3};

  private static double value(double[] proxy, double[] measured, int n) {
    return new BestOfN(new double[][] {proxy}).values(new double[][] {measured}, n)[0];
  }

  private static double kl(double[] proxy, int n) {
    return new BestOfN(new double[][] {proxy}).kl(n)[0];
  }

  /** Mean over all subsets of n samples of the mean measurement of their best. */
  private static double overAllSubsets(double[] proxy, double[] measured, int n) {
    double sum = 0;
    int subsets = 0;
    for (int subset = 0; subset < 1 << proxy.length; subset++) {
      if (Integer.bitCount(subset) != n) {
        continue;
      }
      double best = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < proxy.length; i++) {
        best = (subset >> i & 1) == 1 ? Math.max(best, proxy[i]) : best;
      }
      double ofBest = 0;
      int bests = 0;
      for (int i = 0; i < proxy.length; i++) {
        if ((subset >> i & 1) == 1 && proxy[i] == best) {
          ofBest += measured[i];
          bests++;
        }
      }
      sum += ofBest / bests;
      subsets++;
    }
    return sum / subsets;
  }

  @Test
  void isTheMeanOverAllSubsets() {
    for (int n = 1; n <= 6; n++) {
      for (double[] proxy : new double[][] {DISTINCT, TIED, new double[6]}) {
        assertThat(value(proxy, GOLD, n)).isCloseTo(overAllSubsets(proxy, GOLD, n), within(1e-12));
        assertThat(value(proxy, proxy, n))
            .isCloseTo(overAllSubsets(proxy, proxy, n), within(1e-12));
      }
    }
  }

  /** Over all samples of 4 with replacement from a known distribution: no bias, ties included. */
  @Test
  void isUnbiased() {
    double[] proxyOf = {0, 1, 1};
    double[] goldOf = {5, -2, 4};
    for (int n = 1; n <= 4; n++) {
      double expected = 0;
      for (int draw = 0; draw < 81; draw++) {
        double[] proxy = new double[4];
        double[] gold = new double[4];
        for (int i = 0, rest = draw; i < 4; i++, rest /= 3) {
          proxy[i] = proxyOf[rest % 3];
          gold[i] = goldOf[rest % 3];
        }
        expected += value(proxy, gold, n) / 81;
      }
      double noneAbove = Math.pow(1 / 3.0, n);
      assertThat(expected).isCloseTo(noneAbove * 5 + (1 - noneAbove) * 1, within(1e-12));
    }
  }

  @Test
  void hasWeightsThatAddUpToOne() {
    for (int n : new int[] {1, 2, 64, 127, 128}) {
      double[] weights = BestOfN.weights(128, n);
      double sum = 0;
      for (double weight : weights) {
        sum += weight;
      }
      assertThat(sum).isCloseTo(1, within(1e-12));
      assertThat(weights[127]).isCloseTo(n / 128.0, within(1e-15));
    }
    assertThat(BestOfN.weights(4, 2))
        .containsExactly(new double[] {0, 1 / 6.0, 2 / 6.0, 0.5}, within(1e-15));
  }

  @Test
  void reachesTheUpperBoundOfKlWithoutTies() {
    for (int n = 1; n <= 6; n++) {
      assertThat(kl(DISTINCT, n)).isEqualTo(Math.log(n) - (n - 1.0) / n);
    }
    assertThat(BestOfN.klUpperBound(1)).isZero();
    assertThat(BestOfN.klUpperBound(128)).isCloseTo(3.859843, within(1e-6));
  }

  /** All values tied: the exact distribution of the best of n draws, by enumeration. */
  @Test
  void isTheKlOfTheEnumeratedDistributionWhereAllValuesAreTied() {
    double[] proxy = {0, 0, 1, 1, 1, 2, 2, 2};
    double[] masses = {2 / 8.0, 3 / 8.0, 3 / 8.0};
    for (int n = 1; n <= 4; n++) {
      double[] picked = new double[3];
      int draws = (int) Math.pow(3, n);
      for (int draw = 0; draw < draws; draw++) {
        double probability = 1;
        int best = 0;
        for (int i = 0, rest = draw; i < n; i++, rest /= 3) {
          probability *= masses[rest % 3];
          best = Math.max(best, rest % 3);
        }
        picked[best] += probability;
      }
      double expected = 0;
      for (int value = 0; value < 3; value++) {
        expected += picked[value] * Math.log(picked[value] / masses[value]);
      }
      assertThat(kl(proxy, n)).isCloseTo(expected, within(1e-12));
    }
    assertThat(kl(new double[5], 3)).isCloseTo(0, within(1e-12));
  }

  /** One class of ties among samples without: the continuous part by numeric integration. */
  @Test
  void correctsForTheMassOfTiesAlone() {
    double[] proxy = {1, 2, 3, 3, 3, 4, 5, 6};
    int n = 3;
    double expected = atom(2 / 8.0, 5 / 8.0, n) + integral(0, 2 / 8.0, n) + integral(5 / 8.0, 1, n);
    assertThat(kl(proxy, n)).isCloseTo(expected, within(1e-8));
    assertThat(kl(proxy, n)).isLessThan(BestOfN.klUpperBound(n));
  }

  private static double atom(double low, double high, int n) {
    double picked = Math.pow(high, n) - Math.pow(low, n);
    return picked * Math.log(picked / (high - low));
  }

  private static double integral(double low, double high, int n) {
    int cells = 100_000;
    double sum = 0;
    for (int i = 0; i < cells; i++) {
      double density = n * Math.pow(low + (high - low) * (i + 0.5) / cells, n - 1);
      sum += density * Math.log(density) * (high - low) / cells;
    }
    return sum;
  }

  @Test
  void survivesAClassThatIsNeverPicked() {
    double[] proxy = new double[1_000];
    for (int i = 2; i < proxy.length; i++) {
      proxy[i] = i;
    }
    assertThat(kl(proxy, 500)).isCloseTo(BestOfN.klUpperBound(500), within(1e-12));
  }

  @Test
  void treatsEachPromptAlone() {
    BestOfN both = new BestOfN(new double[][] {DISTINCT, {0, 1}});
    assertThat(both.values(new double[][] {GOLD, {4, 8}}, 2))
        .containsExactly(value(DISTINCT, GOLD, 2), 8);
    assertThat(both.kl(2)).containsExactly(kl(DISTINCT, 2), kl(new double[] {0, 1}, 2));
  }

  @Test
  void sweepsWithErrorsOverPrompts() {
    Random random = new Random(3);
    double[][] proxy = new double[40][8];
    double[][] gold = new double[40][8];
    for (int prompt = 0; prompt < 40; prompt++) {
      double ofPrompt = random.nextGaussian();
      for (int i = 0; i < 8; i++) {
        proxy[prompt][i] = random.nextInt(4);
        gold[prompt][i] = ofPrompt + random.nextGaussian();
      }
    }
    List<BestOfNPoint> points =
        BestOfNSweeps.create(new Method("unbiased", Map.of("resamples", 4000)))
            .points(proxy, Map.of("gold", gold), List.of(1, 4));
    BestOfN best = new BestOfN(proxy);
    for (BestOfNPoint point : points) {
      MeanWithError plain = MeanWithError.of(best.values(gold, point.n()));
      MeanWithError resampled = point.means().get("gold");
      assertThat(resampled.mean()).isCloseTo(plain.mean(), within(1e-12));
      assertThat(resampled.n()).isEqualTo(40);
      assertThat(resampled.standardError())
          .isCloseTo(plain.standardError(), within(0.06 * plain.standardError()));
      assertThat(point.kl().mean()).isCloseTo(Means.of(best.kl(point.n())), within(1e-12));
      assertThat(point.klUpperBound()).isEqualTo(BestOfN.klUpperBound(point.n()));
    }
    assertThat(points).extracting(BestOfNPoint::n).containsExactly(1, 4);
    assertThat(points.get(1).kl().mean()).isLessThan(points.get(1).klUpperBound());
    assertThat(points.get(1).kl().standardError()).isPositive();
  }

  @Test
  void refusesMoreSamplesThanThereAre() {
    for (int n : new int[] {0, 7}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> value(DISTINCT, GOLD, n))
          .withMessage(
              "n must be from 1 to the samples of the prompt, got %d with 6 samples of prompt 0",
              n);
      assertThatIllegalArgumentException().isThrownBy(() -> kl(DISTINCT, n));
    }
    assertThat(value(DISTINCT, GOLD, 6)).isEqualTo(1);
  }

  @Test
  void refusesMeasurementsOfOtherSamples() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> value(DISTINCT, new double[5], 1))
        .withMessage("measurements must be of the samples of the proxy, got 5 and 6 of prompt 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BestOfN(new double[1][6]).values(new double[2][6], 1))
        .withMessage("measurements must be of the samples of the proxy, got 2 and 1 prompts");
  }

  @Test
  void refusesAProxyThatCannotBeCompared() {
    for (double[] proxy : new double[][] {{1, Double.NaN}, {Double.NaN, 1}}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new BestOfN(new double[][] {proxy}))
          .withMessage("proxy must not be NaN");
    }
  }

  @Test
  void isEmptyWithoutPrompts() {
    assertThat(new BestOfN(new double[0][]).values(new double[0][], 1)).isEmpty();
    assertThat(new BestOfN(new double[0][]).kl(1)).isEmpty();
  }
}
