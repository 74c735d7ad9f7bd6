package dev.temper.trainers.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HeldOutComparisonTest {

  @Test
  void equalScoresAreHalfRight() {
    HeldOutComparison comparison =
        HeldOutComparison.of(List.of(pair(2, 1), pair(2, 1)), scores(1, 1, 0, 1));

    assertThat(comparison.metrics("eval/"))
        .containsEntry("eval/accuracy", 0.75)
        .containsEntry("eval/gold_order", 0.75)
        .containsEntry("eval/margin", 0.5);
  }

  @Test
  void goldOrderIsMeasuredAgainstGoldAndNotAgainstTheLabel() {
    HeldOutComparison comparison =
        HeldOutComparison.of(List.of(pair(1, 2), pair(3, 2), pair(2, 2)), scores(1, 1, 1, 0, 0, 0));

    assertThat(comparison.metrics("eval/"))
        .containsEntry("eval/accuracy", 1.0)
        .containsEntry("eval/gold_order", 0.5)
        .containsEntry("eval/labeller_agreement", 0.5);
  }

  @Test
  void tiesAndIdenticalCompletionsDoNotCount() {
    PairRow tie = row(new int[] {1}, new int[] {2}, 1, 1, true);
    PairRow identical = row(new int[] {1}, new int[] {1}, 1, 1, false);

    HeldOutComparison comparison =
        HeldOutComparison.of(List.of(tie, identical, pair(2, 1)), scores(5, 5, 1, 0, 0, 0));

    assertThat(comparison.pairs()).isEqualTo(1);
    assertThat(comparison.margin()).isEqualTo(1);
    assertThat(comparison.metrics("")).containsEntry("accuracy", 1.0);
  }

  @Test
  void lossIsTheSoftplusOfTheReversedMarginAndStaysFinite() {
    assertThat(HeldOutComparison.of(List.of(pair(2, 1)), scores(1.5f, 0.5f)).loss())
        .isCloseTo(Math.log(1 + Math.exp(-1)), within(1e-12));
    assertThat(HeldOutComparison.of(List.of(pair(2, 1)), scores(-1000, 1000)).loss())
        .isEqualTo(2000);
  }

  @Test
  void noPairsGiveNoNumbers() {
    assertThat(HeldOutComparison.of(List.of(), new float[0]).metrics("eval/")).isEmpty();
  }

  @Test
  void wilsonIntervalsAgreeWithPublishedValues() {
    // R: prop.test(81, 263, correct = FALSE)$conf.int (Newcombe 1998, table I).
    assertThat(Wilson.of(81, 263).low()).isCloseTo(0.2553, within(5e-5));
    assertThat(Wilson.of(81, 263).high()).isCloseTo(0.3662, within(5e-5));
    assertThat(Wilson.of(0, 20).low()).isZero();
    assertThat(Wilson.of(0, 20).high()).isCloseTo(0.1611, within(5e-5));
    assertThat(Wilson.of(20, 20).high()).isEqualTo(1);
  }

  private static float[] scores(float... scores) {
    return scores;
  }

  private static PairRow pair(double goldChosen, double goldRejected) {
    return row(new int[] {1}, new int[] {2}, goldChosen, goldRejected, false);
  }

  private static PairRow row(
      int[] chosen, int[] rejected, double goldChosen, double goldRejected, boolean tie) {
    return new PairRow(
        "p",
        1,
        Map.of(),
        new int[] {0},
        chosen,
        rejected,
        "",
        "",
        true,
        true,
        Optional.of(goldChosen),
        Optional.of(goldRejected),
        tie);
  }
}
