package dev.temper.trainers.stage;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What there is to say about compared pairs.
 *
 * @param pairs all of them
 * @param ties pairs in which the labeller saw no difference
 * @param identical pairs of one and the same completion
 * @param decided pairs that are no tie and whose gold differs
 * @param agreeing those of them in which gold prefers the chosen one too
 * @param ended completions that ended
 * @param tokens of all completions
 * @param gold sum of gold over the completions that have it
 * @param withGold completions that have it
 */
record PairStatistics(
    int pairs,
    int ties,
    int identical,
    int decided,
    int agreeing,
    int ended,
    long tokens,
    double gold,
    int withGold) {

  static PairStatistics of(List<PairRow> rows) {
    int ties = 0;
    int identical = 0;
    int decided = 0;
    int agreeing = 0;
    int ended = 0;
    long tokens = 0;
    double gold = 0;
    int withGold = 0;
    for (PairRow row : rows) {
      ties += row.tie() ? 1 : 0;
      identical += row.tokenIdentical() ? 1 : 0;
      if (!row.tie() && row.goldDecides()) {
        decided++;
        agreeing += row.goldAgrees() ? 1 : 0;
      }
      ended += (row.chosenEnded() ? 1 : 0) + (row.rejectedEnded() ? 1 : 0);
      tokens += row.chosen().length + row.rejected().length;
      gold += row.goldChosen().orElse(0.0) + row.goldRejected().orElse(0.0);
      withGold += (row.goldChosen().isPresent() ? 1 : 0) + (row.goldRejected().isPresent() ? 1 : 0);
    }
    return new PairStatistics(
        rows.size(), ties, identical, decided, agreeing, ended, tokens, gold, withGold);
  }

  /** Share of decided pairs in which the labeller agrees with gold; present if there are any. */
  OptionalDouble agreement() {
    return decided == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) agreeing / decided);
  }

  /** By name; what nothing is known about is left out. */
  Map<String, Double> metrics(String prefix) {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put(prefix + "pairs", (double) pairs);
    metrics.put(prefix + "ties", (double) ties);
    metrics.put(prefix + "identical", (double) identical);
    agreement().ifPresent(value -> metrics.put(prefix + "agreement", value));
    if (pairs > 0) {
      metrics.put(prefix + "termination", ended / (2.0 * pairs));
      metrics.put(prefix + "completion_tokens", tokens / (2.0 * pairs));
    }
    if (withGold > 0) {
      metrics.put(prefix + "gold", gold / withGold);
    }
    return metrics;
  }
}
