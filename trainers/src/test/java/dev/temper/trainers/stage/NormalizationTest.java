package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.trainers.StageFailure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class NormalizationTest {

  @Test
  void scoresBecomeZScoresOfWhatTheyAreNormalizedOn() {
    NormalizedReward.Normalization scale =
        NormalizedReward.Normalization.of(new float[] {1, 2, 3}, "test");

    assertThat(scale.mean()).isEqualTo(2);
    assertThat(scale.std()).isEqualTo(1);
    assertThat(scale.normalize(4)).isCloseTo(2, within(1e-12));
    assertThat(scale.normalizedOn()).containsEntry("pairs", "test").containsEntry("completions", 3);
  }

  @Test
  void survivesItsFile() throws IOException {
    NormalizedReward.Normalization scale =
        NormalizedReward.Normalization.of(new float[] {0.1f, 0.7f}, "train");

    assertThat(JsonLines.object(JsonLines.object(scale), NormalizedReward.Normalization.class))
        .isEqualTo(scale);
  }

  @Test
  void refusesScoresThatAreAllEqualOrNoNumbers() {
    assertThatThrownBy(() -> NormalizedReward.Normalization.of(new float[] {1, 1}, "test"))
        .isInstanceOf(StageFailure.class);
    assertThatThrownBy(() -> NormalizedReward.Normalization.of(new float[] {1, Float.NaN}, "test"))
        .isInstanceOf(StageFailure.class);
  }
}
