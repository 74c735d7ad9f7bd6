package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Run;

/** Reads back every point that MLflow holds of an experiment, to be compared. */
public final class MlflowPoints {

  private static final int PAGE = 5000;

  private final MlflowCalls calls;

  /**
   * @param environment names the server
   */
  public MlflowPoints(Map<String, String> environment) {
    MlflowSettings settings =
        MlflowSettings.of(environment)
            .orElseThrow(() -> new IllegalArgumentException("MLFLOW_TRACKING_URI is not set"));
    this.calls = new MlflowCalls(new MlflowTransport(settings, MlflowTransport.Limits.USUAL));
  }

  /**
   * Lines {@code step value} in the order in which the server keeps them, by stage (empty for the
   * recipe's own run) and metric: {@code sft sft/loss}.
   */
  public Map<String, List<String>> of(String experiment) {
    Map<String, List<String>> series = new TreeMap<>();
    String id = calls.experiment(experiment).orElseThrow().getExperimentId();
    for (Run run : calls.runs(id, "")) {
      String stage = MlflowRuns.tag(run, MlflowRuns.STAGE).orElse("");
      for (Metric metric : run.getData().getMetricsList()) {
        series.put(
            stage + " " + metric.getKey(), history(run.getInfo().getRunId(), metric.getKey()));
      }
    }
    return series;
  }

  private List<String> history(String run, String key) {
    List<String> lines = new ArrayList<>();
    String page = "";
    do {
      JsonNode answer =
          calls.get(
              "metrics/get-history?run_id=%s&metric_key=%s&max_results=%d%s"
                  .formatted(
                      encoded(run),
                      encoded(key),
                      PAGE,
                      page.isEmpty() ? "" : "&page_token=" + encoded(page)));
      for (JsonNode point : answer.path("metrics")) {
        lines.add(point.path("step").asText("0") + " " + point.path("value").asText());
      }
      page = answer.path("next_page_token").asText("");
    } while (!page.isEmpty());
    return lines;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
