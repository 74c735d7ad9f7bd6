package dev.temper.trainers.stage;

import dev.temper.trainers.estimate.MeanWithError;
import dev.temper.trainers.estimate.Means;
import dev.temper.trainers.estimate.PeakRules;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One snapshot on the over-optimization curve: a line of {@code points.jsonl}. Arrays hold one mean
 * for each prompt, the same prompts at every point.
 *
 * @param kl k1 to the reference at temperature 1, in nats
 * @param k3 the same by k3: a diagnostic, heavy-tailed where policies are far apart
 * @param proxy normalized
 * @param heldout normalized
 * @param gold raw
 * @param tokens of the completions
 * @param ended share of completions that ended
 * @param distinct2 share of different pairs of neighbouring tokens, within completions
 * @param goldStd sample standard deviation of gold over single completions
 */
record CurvePoint(
    long step,
    long[] promptIds,
    double[] kl,
    double[] k3,
    double[] proxy,
    Optional<double[]> heldout,
    double[] gold,
    double[] tokens,
    double[] ended,
    double[] distinct2,
    double goldStd) {
  static final String FILE = "points.jsonl";
  static final String TABLE = "curve.csv";

  /** What a peak rule may look at. */
  PeakRules.Point visible() {
    return new PeakRules.Point(
        Means.of(kl),
        Means.of(proxy),
        heldout.isPresent() ? OptionalDouble.of(Means.of(heldout.get())) : OptionalDouble.empty());
  }

  double goldMean() {
    return Means.of(gold);
  }

  static CsvTable table(List<CurvePoint> points) {
    CsvTable table =
        new CsvTable(
            "step",
            "kl",
            "kl_se",
            "sqrt_kl",
            "proxy",
            "proxy_se",
            "heldout",
            "heldout_se",
            "gold",
            "gold_se",
            "completion_tokens",
            "k3",
            "termination",
            "distinct_2");
    for (CurvePoint point : points) {
      MeanWithError kl = MeanWithError.of(point.kl);
      MeanWithError proxy = MeanWithError.of(point.proxy);
      Optional<MeanWithError> heldout = point.heldout.map(MeanWithError::of);
      MeanWithError gold = MeanWithError.of(point.gold);
      table.row(
          point.step,
          kl.mean(),
          kl.standardError(),
          // An estimate of a small KL may lie below 0.
          Math.sqrt(Math.max(0, kl.mean())),
          proxy.mean(),
          proxy.standardError(),
          CsvTable.cell(heldout.map(MeanWithError::mean)),
          CsvTable.cell(heldout.map(MeanWithError::standardError)),
          gold.mean(),
          gold.standardError(),
          Means.of(point.tokens),
          Means.of(point.k3),
          Means.of(point.ended),
          Means.of(point.distinct2));
    }
    return table;
  }
}
