package dev.temper.infra.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One stage as its run folder shows it.
 *
 * @param inputs as in the recipe: {@code sft}, {@code pairs.train}
 * @param metrics summary
 * @param history metric lines in order
 * @param folder its folder in the run folder
 */
record StageView(
    String name,
    String kind,
    String status,
    boolean cached,
    int attempts,
    long resumedFromStep,
    long steps,
    double seconds,
    String key,
    String content,
    List<String> inputs,
    Map<String, Double> metrics,
    List<MetricLine> history,
    List<Sample> samples,
    Optional<Table> curve,
    Optional<Table> bestOfN,
    Optional<JsonNode> peak,
    Optional<JsonNode> evaluation,
    Path folder) {
  StageView {
    inputs = List.copyOf(inputs);
    metrics = Map.copyOf(metrics);
    history = List.copyOf(history);
    samples = List.copyOf(samples);
  }

  /** One line of metrics.jsonl. */
  record MetricLine(long step, Map<String, Double> metrics) {
    MetricLine {
      metrics = Map.copyOf(metrics);
    }
  }

  /** One sampled completion of samples.jsonl. */
  record Sample(
      long step,
      String prompt,
      String completion,
      boolean ended,
      Optional<Double> gold,
      String model) {}

  /** Names of the stages it reads from. */
  List<String> inputStages() {
    return inputs.stream().map(input -> input.split("[.@]", 2)[0]).distinct().toList();
  }

  /** A metric over steps; empty if it was never logged. */
  Optional<Series> series(String metric, String name, Series.Style style) {
    double[] x =
        history.stream()
            .filter(line -> line.metrics().containsKey(metric))
            .mapToDouble(MetricLine::step)
            .toArray();
    double[] y =
        history.stream()
            .filter(line -> line.metrics().containsKey(metric))
            .mapToDouble(line -> line.metrics().get(metric))
            .toArray();
    return x.length == 0 ? Optional.empty() : Optional.of(Series.line(name, x, y, style));
  }
}
