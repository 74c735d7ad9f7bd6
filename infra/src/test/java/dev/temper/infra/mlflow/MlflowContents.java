package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.mlflow.api.proto.Service.Run;

/** Reads what a server holds, as a user interface would. */
final class MlflowContents {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** One point of a chart. */
  record Point(long step, double value, long time) {}

  private final MlflowCalls calls;

  MlflowContents(String uri, Map<String, String> environment) {
    Map<String, String> all = new TreeMap<>(environment);
    all.put("MLFLOW_TRACKING_URI", uri);
    calls =
        new MlflowCalls(
            new MlflowTransport(
                MlflowSettings.of(all).orElseThrow(),
                new MlflowTransport.Limits(
                    Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60))));
  }

  /** All runs of an experiment. */
  List<Run> runs(String experiment) {
    return calls
        .experiment(experiment)
        .map(found -> calls.runs(found.getExperimentId(), ""))
        .orElse(List.of());
  }

  /** The run of a stage, or with an empty name that of the recipe. */
  Run run(String experiment, String stage) {
    List<Run> found =
        runs(experiment).stream()
            .filter(
                run ->
                    MlflowRuns.tag(run, "temper.stage")
                        .equals(Optional.of(stage).filter(s -> !s.isEmpty())))
            .toList();
    if (found.size() != 1) {
      throw new AssertionError(
          "%d runs of stage '%s' in experiment %s".formatted(found.size(), stage, experiment));
    }
    return found.get(0);
  }

  /** Every point of a series, in the order of a chart. */
  List<Point> history(Run run, String key) {
    try {
      JsonNode answer =
          JSON.readTree(
              calls.sendGet(
                  "metrics/get-history?run_id="
                      + run.getInfo().getRunId()
                      + "&metric_key="
                      + URLEncoder.encode(key, StandardCharsets.UTF_8)));
      List<Point> points = new ArrayList<>();
      for (JsonNode metric : answer.path("metrics")) {
        points.add(
            new Point(
                metric.path("step").asLong(),
                metric.path("value").asDouble(),
                metric.path("timestamp").asLong()));
      }
      points.sort(java.util.Comparator.comparingLong(Point::step).thenComparingLong(Point::time));
      return points;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Map<String, String> params(Run run) {
    Map<String, String> params = new TreeMap<>();
    run.getData().getParamsList().forEach(param -> params.put(param.getKey(), param.getValue()));
    return params;
  }

  static Map<String, String> tags(Run run) {
    Map<String, String> tags = new TreeMap<>();
    run.getData().getTagsList().forEach(tag -> tags.put(tag.getKey(), tag.getValue()));
    return tags;
  }

  /** All that a person can see of an experiment, without ids and names that differ by design. */
  Map<String, Object> all(String experiment) {
    Map<String, Object> all = new TreeMap<>();
    for (Run run : runs(experiment)) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("status", run.getInfo().getStatus());
      one.put("start", run.getInfo().getStartTime());
      one.put("end", run.getInfo().getEndTime());
      one.put("params", params(run));
      Map<String, String> tags = tags(run);
      tags.keySet().removeAll(List.of("mlflow.parentRunId", "temper.model"));
      one.put("tags", tags);
      Map<String, Object> series = new TreeMap<>();
      run.getData()
          .getMetricsList()
          .forEach(metric -> series.put(metric.getKey(), history(run, metric.getKey())));
      one.put("metrics", series);
      one.put("datasets", run.getInputs().getDatasetInputsCount());
      all.put(MlflowRuns.tag(run, "temper.stage").orElse(""), one);
    }
    return all;
  }

  /** Logged models by the stage's run. */
  JsonNode models(Run run) {
    var body = MlflowCalls.body();
    body.putArray("experiment_ids").add(run.getInfo().getExperimentId());
    body.put("filter", "source_run_id = '%s'".formatted(run.getInfo().getRunId()));
    return calls.post("logged-models/search", body).path("models");
  }

  /** Deletes all runs of an experiment. */
  void discard(String experiment) {
    runs(experiment).forEach(run -> calls.discard(run.getInfo().getRunId()));
  }
}
