package dev.temper.trainers.stage;

import dev.temper.trainers.estimate.Bootstrap;
import dev.temper.trainers.estimate.Interval;
import dev.temper.trainers.estimate.PairedDifference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All measurements of an evaluation with their intervals: {@code evaluation.json}.
 *
 * @param models by name, in the order of the recipe
 * @param rewardModels the same
 */
record EvaluationReport(List<String> models, List<Suite> suites, List<String> rewardModels) {
  static final String FILE = "evaluation.json";

  EvaluationReport {
    models = List.copyOf(models);
    suites = List.copyOf(suites);
    rewardModels = List.copyOf(rewardModels);
  }

  /** A suite's metrics, and the differences between models on the same prompts. */
  record Suite(String name, List<Metric> metrics, List<Pair> pairs) {}

  /** A mean over n prompts with its 95 % interval. */
  record Metric(String metric, String model, double mean, double low, double high, int n) {}

  /** Mean of {@code b - a} over the same prompts, with its 95 % interval. */
  record Pair(String metric, String a, String b, double difference, double low, double high) {}

  static EvaluationReport of(
      List<String> models,
      List<String> rewardModels,
      List<Measurement> measurements,
      Bootstrap bootstrap) {
    Map<String, List<Measurement>> bySuite = new LinkedHashMap<>();
    for (Measurement measurement : measurements) {
      bySuite.computeIfAbsent(measurement.suite(), name -> new ArrayList<>()).add(measurement);
    }
    List<Suite> suites = new ArrayList<>();
    bySuite.forEach((name, ofSuite) -> suites.add(suite(name, ofSuite, bootstrap)));
    return new EvaluationReport(models, suites, rewardModels);
  }

  private static Suite suite(String name, List<Measurement> measurements, Bootstrap bootstrap) {
    List<Metric> metrics = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    measurements.forEach(measurement -> names.addAll(measurement.values().keySet()));
    for (String metric : names) {
      List<Measurement> measured =
          measurements.stream().filter(m -> m.values().containsKey(metric)).toList();
      for (int i = 0; i < measured.size(); i++) {
        metrics.add(metric(metric, measured.get(i), bootstrap));
        for (Measurement earlier : earlier(measured, i)) {
          pairs.add(pair(metric, earlier, measured.get(i), bootstrap));
        }
      }
    }
    return new Suite(name, metrics, pairs);
  }

  /** What a model is compared with: the first model, and the one before it. */
  private static Set<Measurement> earlier(List<Measurement> measured, int index) {
    Set<Measurement> earlier = new LinkedHashSet<>();
    if (index > 0) {
      earlier.add(measured.get(0));
      earlier.add(measured.get(index - 1));
    }
    return earlier;
  }

  private static Metric metric(String name, Measurement measurement, Bootstrap bootstrap) {
    Interval interval = bootstrap.mean(measurement.values().get(name));
    return new Metric(
        name,
        measurement.model(),
        interval.estimate(),
        interval.low(),
        interval.high(),
        interval.n());
  }

  private static Pair pair(String name, Measurement a, Measurement b, Bootstrap bootstrap) {
    Interval interval = PairedDifference.of(b.values().get(name), a.values().get(name), bootstrap);
    return new Pair(
        name, a.model(), b.model(), interval.estimate(), interval.low(), interval.high());
  }

  /** Means by {@code eval/<suite>/<metric>/<model>}. */
  Map<String, Double> summary() {
    Map<String, Double> summary = new TreeMap<>();
    for (Suite suite : suites) {
      for (Metric metric : suite.metrics()) {
        summary.put(
            "eval/%s/%s/%s".formatted(suite.name(), metric.metric(), metric.model()),
            metric.mean());
      }
    }
    return summary;
  }
}
