package dev.temper.trainers.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class MeanWithErrorTest {

  @Test
  void dividesTheSampleDeviationByTheRootOfTheNumber() {
    MeanWithError mean = MeanWithError.of(new double[] {1, 2, 3, 6});
    assertThat(mean.mean()).isEqualTo(3);
    assertThat(mean.standardError()).isCloseTo(Math.sqrt(14.0 / 3 / 4), within(1e-12));
    assertThat(mean.n()).isEqualTo(4);
  }

  @Test
  void saysNothingAboutTheErrorOfOneValue() {
    assertThat(MeanWithError.of(new double[] {5})).isEqualTo(new MeanWithError(5, 0, 1));
    assertThat(MeanWithError.of(new double[0])).isEqualTo(new MeanWithError(0, 0, 0));
    assertThat(MeanWithError.of(new double[] {1, 3}).standardError()).isEqualTo(1);
  }

  @Test
  void countsPromptsAndNotSamples() {
    double[][] samples = {{1, 1, 1, 1}, {3}, {2, 8}};
    assertThat(MeanWithError.clustered(samples))
        .isEqualTo(MeanWithError.of(new double[] {1, 3, 5}));
  }

  @Test
  void countsATieAsHalfRight() {
    assertThat(PairAccuracy.perPair(new double[] {2, 1, 0}, new double[] {1, 1, 1}))
        .containsExactly(1, 0.5, 0);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PairAccuracy.perPair(new double[1], new double[2]))
        .withMessage("chosen and rejected must be of the same pairs, got 1 and 2");
  }

  @Test
  void countsDifferentNGrams() {
    int[] text = {1, 2, 1, 2, 3};
    assertThat(DistinctN.of(text, 1)).isEqualTo(3 / 5.0);
    assertThat(DistinctN.of(text, 2)).isEqualTo(3 / 4.0);
    assertThat(DistinctN.of(text, 5)).isEqualTo(1);
    assertThat(DistinctN.of(text, 6)).isZero();
    assertThat(DistinctN.of(List.of(new int[] {1, 2}, new int[] {1, 2}, new int[] {2, 1}), 2))
        .isEqualTo(2 / 3.0);
    assertThat(DistinctN.of(List.of(), 1)).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DistinctN.of(text, 0))
        .withMessage("n must be at least 1, got 0");
  }
}
