package dev.temper.trainers.stage;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * How well scores order compared pairs. A pair with two equal scores counts as half right; pairs of
 * identical completions and ties of the labeller are left out, since there is nothing to get right.
 *
 * @param pairs labelled pairs that count
 * @param right of them, those whose chosen completion scores higher, halves included
 * @param margin mean raw score of the chosen minus the rejected completion
 * @param loss mean of {@code softplus(rejected - chosen)}, in nats
 * @param goldPairs pairs whose gold differs
 * @param goldRight of them, those that the scores order as gold does, halves included
 * @param agreement of the labeller with gold on the same pairs
 */
record HeldOutComparison(
    int pairs,
    double right,
    double margin,
    double loss,
    int goldPairs,
    double goldRight,
    OptionalDouble agreement) {

  /**
   * @param scores of the chosen completions in order, then of the rejected ones
   */
  static HeldOutComparison of(List<PairRow> rows, float[] scores) {
    int pairs = 0;
    double right = 0;
    double margin = 0;
    double loss = 0;
    int goldPairs = 0;
    double goldRight = 0;
    for (int i = 0; i < rows.size(); i++) {
      PairRow row = rows.get(i);
      if (row.tokenIdentical()) {
        continue;
      }
      double difference = (double) scores[i] - scores[rows.size() + i];
      if (!row.tie()) {
        pairs++;
        right += half(difference);
        margin += difference;
        loss += Math.max(-difference, 0) + Math.log1p(Math.exp(-Math.abs(difference)));
      }
      if (row.goldDecides()) {
        goldPairs++;
        goldRight += half(row.goldAgrees() ? difference : -difference);
      }
    }
    return new HeldOutComparison(
        pairs,
        right,
        margin / Math.max(1, pairs),
        loss / Math.max(1, pairs),
        goldPairs,
        goldRight,
        PairStatistics.of(rows).agreement());
  }

  private static double half(double difference) {
    return difference > 0 ? 1 : difference == 0 ? 0.5 : 0;
  }

  /** By name; what nothing is known about is left out. */
  Map<String, Double> metrics(String prefix) {
    Map<String, Double> metrics = new TreeMap<>();
    if (pairs > 0) {
      Wilson interval = Wilson.of(right, pairs);
      metrics.put(prefix + "accuracy", right / pairs);
      metrics.put(prefix + "accuracy_low", interval.low());
      metrics.put(prefix + "accuracy_high", interval.high());
      metrics.put(prefix + "margin", margin);
      metrics.put(prefix + "loss", loss);
    }
    if (goldPairs > 0) {
      metrics.put(prefix + "gold_order", goldRight / goldPairs);
    }
    agreement.ifPresent(value -> metrics.put(prefix + "labeller_agreement", value));
    return metrics;
  }
}
