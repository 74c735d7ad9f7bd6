package dev.temper.trainers.estimate;

import dev.temper.recipes.NearestName;
import dev.temper.recipes.PeakSpec;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Rules that choose a point of an over-optimization curve without gold. The earliest among equals.
 *
 * <pre>
 *   heldout-minus-kl: the highest heldout - lambda * kl
 *   proxy-minus-kl:   the highest proxy - lambda * kl
 *   kl-budget:        the highest kl that is within budget; the first point where none is
 *   last:             the last point
 * </pre>
 *
 * Rewards are normalized scores, KL is in nats.
 */
public final class PeakRules {

  private static final Map<String, Rule> RULES =
      new TreeMap<>(
          Map.of(
              "heldout-minus-kl",
                  (spec, points) ->
                      highest(points, p -> p.requireHeldout() - spec.lambda() * p.kl()),
              "proxy-minus-kl",
                  (spec, points) -> highest(points, p -> p.proxy() - spec.lambda() * p.kl()),
              "kl-budget",
                  (spec, points) ->
                      highest(
                          points, p -> p.kl() <= spec.budget() ? p.kl() : Double.NEGATIVE_INFINITY),
              "last", (spec, points) -> points.size() - 1));

  private PeakRules() {}

  /** Names, sorted. */
  public static List<String> names() {
    return List.copyOf(RULES.keySet());
  }

  /**
   * Index of the point that the rule chooses.
   *
   * @param points in order of steps, at least 1
   */
  public static int choose(PeakSpec spec, List<Point> points) {
    Rule rule = RULES.get(spec.rule());
    if (rule == null) {
      throw new IllegalArgumentException(
          "peak rule must be one of %s, got '%s'%s"
              .formatted(
                  names(),
                  spec.rule(),
                  NearestName.of(spec.rule(), names())
                      .map(" (did you mean %s?)"::formatted)
                      .orElse("")));
    }
    if (points.isEmpty()) {
      throw new IllegalArgumentException("a peak needs at least 1 point");
    }
    return rule.choose(spec, points);
  }

  /** What a choice loses: the highest gold of the curve less gold at the chosen point. */
  public static double regret(double[] gold, int chosen) {
    return gold[highest(gold)] - gold[chosen];
  }

  /** Index of the highest value, the first among equals. */
  public static int highest(double[] values) {
    int highest = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[highest]) {
        highest = i;
      }
    }
    return highest;
  }

  private static int highest(List<Point> points, ToDoubleFunction<Point> score) {
    return highest(points.stream().mapToDouble(score).toArray());
  }

  /**
   * What the rules may look at.
   *
   * @param kl to the reference, in nats
   * @param proxy normalized score that the policy was trained on
   * @param heldout normalized score of a reward model that it was not trained on
   */
  public record Point(double kl, double proxy, OptionalDouble heldout) {
    private double requireHeldout() {
      return heldout.orElseThrow(
          () -> new IllegalArgumentException("heldout-minus-kl needs a held-out reward model"));
    }
  }

  /** Chooses an index. */
  private interface Rule {
    int choose(PeakSpec spec, List<Point> points);
  }
}
