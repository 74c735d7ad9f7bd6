package dev.temper.trainers.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class AggregationTest {

  private static final int[] LENGTHS = {4, 1, 0};

  @Test
  void weighsEachSequenceAlikeInASequenceMean() {
    assertThat(new Aggregation("sequence-mean", 0).weights(LENGTHS))
        .containsExactly(1 / 12.0, 1 / 3.0, 0);
  }

  @Test
  void weighsEachTokenAlikeInATokenMean() {
    assertThat(new Aggregation("token-mean", 0).weights(LENGTHS)).containsExactly(0.2, 0.2, 0);
  }

  @Test
  void dividesByTheSameLengthEverywhereWithAFixedLength() {
    assertThat(new Aggregation("fixed-length", 8).weights(LENGTHS))
        .containsExactly(1 / 24.0, 1 / 24.0, 0);
  }

  @Test
  void isNotAMeanOfMeans() {
    // Losses 1, 1, 1, 1 and 10: the mean of means is 5.5, the mean over tokens 2.8.
    double[] mean = new Aggregation("token-mean", 0).weights(new int[] {4, 1});
    assertThat(4 * mean[0] + 10 * mean[1]).isEqualTo(2.8);
    double[] means = new Aggregation("sequence-mean", 0).weights(new int[] {4, 1});
    assertThat(4 * means[0] + 10 * means[1]).isEqualTo(5.5);
  }

  @Test
  void laysWeightsOutUpToTheEndOfEachSequence() {
    assertThat(new Aggregation("token-mean", 0).weights(new int[] {1, 3}, 4))
        .isDeepEqualTo(new float[][] {{0.25f, 0, 0, 0}, {0.25f, 0.25f, 0.25f, 0}});
  }

  @Test
  void weighsNothingWithoutSequences() {
    assertThat(new Aggregation("token-mean", 0).weights(new int[0])).isEmpty();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Aggregation("mean", 0))
        .withMessage(
            "aggregation must be one of [sequence-mean, token-mean, fixed-length], got 'mean'");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Aggregation("fixed-length", 0))
        .withMessage("maxLength must be at least 1 with aggregation fixed-length, got 0");
    assertThat(new Aggregation("fixed-length", 1).weights(new int[] {1})).containsExactly(1);
  }
}
