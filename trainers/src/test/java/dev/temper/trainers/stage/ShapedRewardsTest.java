package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.EndSpec;
import dev.temper.recipes.KlSpec;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Sequence;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ShapedRewardsTest {

  private static final KlSpec NONE = new KlSpec("none", "k1", "sum", 0);
  private static final List<float[]> POLICY = List.of(new float[] {-1, -1}, new float[] {-1, -2});
  private static final List<float[]> REFERENCE =
      List.of(new float[] {-2, -3}, new float[] {-1, -2});

  @Test
  void likingWhatTheReferenceDislikesCostsReward() {
    ShapedRewards rewards =
        shaped(new EndSpec("score", 0), new KlSpec("reward", "k1", "sum", 0.1), 5, 5);

    // k1 of the first completion: (-1 + 2) + (-1 + 3) = 3 nats.
    assertThat(rewards.total()[0]).isCloseTo(5 - 0.3, within(1e-9));
    assertThat(rewards.total()[1]).isEqualTo(5);
    assertThat(rewards.metrics().get("reward/kl")).isCloseTo(-0.15, within(1e-9));
    assertThat(rewards.metrics().get("reward/score")).isEqualTo(5);
  }

  @Test
  void theTokenMeanIsTheSumOverTheLength() {
    ShapedRewards rewards =
        shaped(new EndSpec("score", 0), new KlSpec("reward", "k1", "token-mean", 0.1), 5, 5);

    assertThat(rewards.total()[0]).isCloseTo(5 - 0.15, within(1e-9));
  }

  @Test
  void klInTheLossLeavesTheRewardAlone() {
    ShapedRewards rewards =
        shaped(new EndSpec("score", 0), new KlSpec("loss", "k2", "sum", 0.1), 5, 6);

    assertThat(rewards.total()).containsExactly(5, 6);
  }

  @Test
  void onlyTheCompletionThatDidNotEndIsTreatedDifferently() {
    assertThat(shaped(new EndSpec("penalty", -2), NONE, 5, 6).total()).containsExactly(5, -2);
    assertThat(shaped(new EndSpec("penalty", -2), NONE, 5, 6).trained())
        .containsExactly(true, true);
    assertThat(shaped(new EndSpec("mask", -2), NONE, 5, 6).total()).containsExactly(5, 6);
    assertThat(shaped(new EndSpec("mask", -2), NONE, 5, 6).trained()).containsExactly(true, false);
    assertThat(shaped(new EndSpec("score", -2), NONE, 5, 6).total()).containsExactly(5, 6);
  }

  @Test
  void aRewardThatIsNoNumberStopsTheRun() {
    assertThatThrownBy(() -> shaped(new EndSpec("score", 0), NONE, Double.NaN, 1))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("Write a note");
  }

  @Test
  void groupsWithoutContrastAreCounted() {
    assertThat(ShapedRewards.withoutContrast(new double[][] {{1, 1}, {1, 2}, {0.3, 0.3}, {2, 1}}))
        .isEqualTo(0.5);
  }

  private static ShapedRewards shaped(EndSpec end, KlSpec kl, double ended, double cutOff) {
    double[] scores = {ended, cutOff};
    return ShapedRewards.of(
        List.of(answer(true), answer(false)),
        new Reward.Scores(scores, new TreeMap<>(Map.of("model", scores))),
        POLICY,
        REFERENCE,
        end,
        kl);
  }

  private static Answer answer(boolean ended) {
    int[] tokens = {5, 6};
    return new Answer(
        new Prompt("Write a note", Map.of(), 1),
        0,
        new Sequence(new int[] {0}, tokens),
        new Completion(tokens, new float[2], ended),
        "text");
  }
}
