package dev.temper.trainers.stage;

import dev.temper.recipes.PeakSpec;
import dev.temper.trainers.estimate.Bootstrap;
import dev.temper.trainers.estimate.CrossFittedPeak;
import dev.temper.trainers.estimate.Interval;
import dev.temper.trainers.estimate.PeakRules;
import dev.temper.trainers.random.NamedRandom;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where optimization should have stopped: {@code peak.json}.
 *
 * @param rule that chose the peak without looking at gold
 * @param chosenStep its choice
 * @param chosenGold gold there
 * @param regret highest gold of the curve less gold at the choice
 * @param goldMean gold of the first point, the scale of z-scores together with {@code goldStd}
 * @param goldStd standard deviation of gold over the first point's completions
 * @param peakStep where gold is highest, over all prompts
 * @param peakSteps where it is highest over each half of the prompts
 * @param peakGold gold at the peak without the optimism of a maximum: chosen on one half of the
 *     prompts, measured on the other, both ways
 * @param peakGoldInterval of the same
 * @param drop from that peak to the last point, paired by prompt
 * @param rules what every rule would have chosen
 */
record CurvePeak(
    String rule,
    double lambda,
    double budget,
    long chosenStep,
    double chosenGold,
    double regret,
    double goldMean,
    double goldStd,
    long peakStep,
    List<Long> peakSteps,
    double peakGold,
    Range peakGoldInterval,
    Range drop,
    SortedMap<String, Choice> rules) {
  static final String FILE = "peak.json";
  private static final int RESAMPLES = 1000;

  /** A mean with its 95 % interval. */
  record Range(double mean, double low, double high) {
    static Range of(Interval interval) {
      return new Range(interval.estimate(), interval.low(), interval.high());
    }
  }

  /** A rule's choice and what it costs. */
  record Choice(long step, double gold, double regret) {}

  /**
   * @param points in order of steps, of two prompts at least
   */
  static CurvePeak of(PeakSpec spec, List<CurvePoint> points, long seed) {
    double[] gold = points.stream().mapToDouble(CurvePoint::goldMean).toArray();
    CrossFittedPeak fitted =
        CrossFittedPeak.of(
            points.stream().map(CurvePoint::gold).toArray(double[][]::new),
            new NamedRandom(seed, "peak-halves"),
            new Bootstrap(RESAMPLES, new NamedRandom(seed, "bootstrap")));
    SortedMap<String, Choice> rules = choices(spec, points, gold);
    Choice chosen = rules.get(spec.rule());
    return new CurvePeak(
        spec.rule(),
        spec.lambda(),
        spec.budget(),
        chosen.step(),
        chosen.gold(),
        chosen.regret(),
        gold[0],
        points.get(0).goldStd(),
        points.get(PeakRules.highest(gold)).step(),
        List.of(
            points.get(fitted.chosenOnFirstHalf()).step(),
            points.get(fitted.chosenOnSecondHalf()).step()),
        fitted.peak().estimate(),
        Range.of(fitted.peak()),
        Range.of(fitted.drop()),
        rules);
  }

  /** For the summary of the stage. */
  Map<String, Double> metrics() {
    return Map.of(
        "curve/peak_step",
        (double) chosenStep,
        "curve/peak_gold",
        chosenGold,
        "curve/peak_regret",
        regret,
        "curve/gold_start",
        goldMean,
        "curve/gold_peak",
        peakGold,
        "curve/gold_drop",
        drop.mean(),
        "curve/gold_drop_low",
        drop.low(),
        "curve/gold_drop_high",
        drop.high());
  }

  private static SortedMap<String, Choice> choices(
      PeakSpec spec, List<CurvePoint> points, double[] gold) {
    List<PeakRules.Point> visible = points.stream().map(CurvePoint::visible).toList();
    SortedMap<String, Choice> choices = new TreeMap<>();
    for (String rule : PeakRules.names()) {
      // A rule that looks at a held-out model has no say where there is none.
      if (rule.equals(spec.rule()) || visible.get(0).heldout().isPresent() || !needsHeldout(rule)) {
        int index = PeakRules.choose(new PeakSpec(rule, spec.lambda(), spec.budget()), visible);
        choices.put(
            rule, new Choice(points.get(index).step(), gold[index], PeakRules.regret(gold, index)));
      }
    }
    return choices;
  }

  static boolean needsHeldout(String rule) {
    return rule.startsWith("heldout");
  }
}
