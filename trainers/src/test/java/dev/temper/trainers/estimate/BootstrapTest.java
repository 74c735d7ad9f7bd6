package dev.temper.trainers.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.temper.trainers.random.NamedRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BootstrapTest {

  private static final double[] VALUES = normal(50, 1);

  private static double[] normal(int n, long seed) {
    NamedRandom random = new NamedRandom(seed, "values");
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = 3 + 2 * random.gaussian(0, i, 0, 0);
    }
    return values;
  }

  private static Bootstrap bootstrap(int resamples) {
    return new Bootstrap(resamples, new NamedRandom(11, "bootstrap"));
  }

  @Test
  void resamplesByTheNameOfItsRandomNumbers() {
    NamedRandom random = new NamedRandom(11, "bootstrap");
    double[] expected = new double[20];
    for (int resample = 0; resample < 20; resample++) {
      for (int i = 0; i < 50; i++) {
        expected[resample] += VALUES[random.below(50, resample, i, 0, 0)] / 50;
      }
    }
    Arrays.sort(expected);
    double[] means =
        bootstrap(20)
            .distribution(50, drawn -> Arrays.stream(drawn).mapToDouble(i -> VALUES[i]).sum() / 50);
    assertThat(means).containsExactly(expected, within(1e-12));
    Interval interval = bootstrap(20).mean(VALUES);
    assertThat(interval.low()).isCloseTo(Bootstrap.percentile(expected, 0.025), within(1e-12));
    assertThat(interval.high()).isCloseTo(Bootstrap.percentile(expected, 0.975), within(1e-12));
    assertThat(interval.estimate()).isCloseTo(Means.of(VALUES), within(1e-12));
    assertThat(interval.n()).isEqualTo(50);
  }

  @Test
  void hasTheErrorOfAMean() {
    MeanWithError plain = MeanWithError.of(VALUES);
    MeanWithError resampled = bootstrap(4_000).meanWithError(VALUES);
    assertThat(resampled.mean()).isEqualTo(plain.mean());
    assertThat(resampled.n()).isEqualTo(50);
    assertThat(resampled.standardError())
        .isCloseTo(plain.standardError(), within(0.05 * plain.standardError()));
  }

  @Test
  void coversTheTruthAboutAsOftenAsItSays() {
    int covered = 0;
    for (int trial = 0; trial < 300; trial++) {
      Interval interval = bootstrap(300).mean(normal(50, 100 + trial));
      covered += interval.low() <= 3 && 3 <= interval.high() ? 1 : 0;
    }
    assertThat(covered).isBetween(267, 299);
  }

  @Test
  void interpolatesPercentiles() {
    double[] ascending = {0, 10, 20, 40};
    assertThat(Bootstrap.percentile(ascending, 0)).isZero();
    assertThat(Bootstrap.percentile(ascending, 1)).isEqualTo(40);
    assertThat(Bootstrap.percentile(ascending, 0.5)).isEqualTo(15);
    assertThat(Bootstrap.percentile(ascending, 0.9)).isCloseTo(34, within(1e-12));
    assertThat(Bootstrap.percentile(new double[] {7}, 0.3)).isEqualTo(7);
  }

  @Test
  void isAPointWhereNothingVaries() {
    Interval interval = bootstrap(100).mean(new double[] {2, 2, 2});
    assertThat(interval).isEqualTo(new Interval(2, 2, 2, 3));
  }

  @Test
  void refusesNothingToResample() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bootstrap(10).mean(new double[0]))
        .withMessage("there must be at least 1 prompt to resample");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bootstrap(0))
        .withMessage("resamples must be at least 1, got 0");
    assertThat(bootstrap(1).mean(new double[] {4})).isEqualTo(new Interval(4, 4, 4, 1));
  }

  @Test
  void comparesByPrompt() {
    double[] other = Arrays.stream(VALUES).map(x -> x - 0.5).toArray();
    Interval paired = PairedDifference.of(VALUES, other, bootstrap(200));
    assertThat(paired.estimate()).isCloseTo(0.5, within(1e-12));
    assertThat(paired.low()).isCloseTo(0.5, within(1e-12));
    assertThat(paired.high()).isCloseTo(0.5, within(1e-12));
    assertThat(paired.n()).isEqualTo(50);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PairedDifference.of(VALUES, new double[3], bootstrap(10)))
        .withMessage("paired values must be of the same prompts, got 50 and 3");
  }
}
