package dev.temper.trainers.estimate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Best-of-n at one n, over prompts; standard errors by resampling whole prompts.
 *
 * @param n samples to pick from
 * @param kl KL(best-of-n || policy) in nats, corrected for ties, mean over prompts
 * @param klUpperBound {@code log n - (n-1)/n}
 * @param means expected measurement of the pick, by the name of the measurement
 */
public record BestOfNPoint(
    int n, MeanWithError kl, double klUpperBound, Map<String, MeanWithError> means) {

  /**
   * A whole sweep from one set of samples.
   *
   * @param proxy {@code [prompts][samples]}, by which the best is picked
   * @param measured by name, each {@code [prompts][samples]} of the same samples
   */
  public static List<BestOfNPoint> sweep(
      double[][] proxy, Map<String, double[][]> measured, List<Integer> n, Bootstrap bootstrap) {
    BestOfN best = new BestOfN(proxy);
    List<BestOfNPoint> points = new ArrayList<>();
    for (int size : n) {
      Map<String, MeanWithError> means = new LinkedHashMap<>();
      measured.forEach(
          (name, values) -> means.put(name, bootstrap.meanWithError(best.values(values, size))));
      points.add(
          new BestOfNPoint(
              size, bootstrap.meanWithError(best.kl(size)), BestOfN.klUpperBound(size), means));
    }
    return points;
  }
}
