package dev.temper.infra.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Results of the evaluation stages: models across, metrics down, 95 % intervals in each cell. */
final class EvaluationTable {
  private EvaluationTable() {}

  static String html(RunView run) {
    StringBuilder out = new StringBuilder();
    for (StageView stage : run.ofKind("evaluation")) {
      stage.evaluation().ifPresent(node -> table(out, stage.name(), node));
    }
    return out.toString();
  }

  private static void table(StringBuilder out, String stage, JsonNode evaluation) {
    Set<String> models = new LinkedHashSet<>();
    Map<String, Map<String, JsonNode>> rows = new LinkedHashMap<>();
    for (JsonNode suite : evaluation.path("suites")) {
      for (JsonNode metric : suite.path("metrics")) {
        String row = suite.path("name").asText() + " / " + metric.path("metric").asText();
        String model = metric.path("model").asText();
        models.add(model);
        rows.computeIfAbsent(row, r -> new LinkedHashMap<>()).put(model, metric);
      }
    }
    out.append("<h3>").append(Html.escape(stage)).append("</h3>");
    out.append("<div class=wide><table><tr><th>suite / metric");
    models.forEach(model -> out.append("<th>").append(Html.escape(model)));
    out.append("</tr>");
    rows.forEach(
        (row, cells) -> {
          out.append("<tr><td>").append(Html.escape(row));
          models.forEach(model -> out.append("<td class=n>").append(cell(cells.get(model))));
          out.append("</tr>");
        });
    out.append("</table></div>");
  }

  private static String cell(JsonNode metric) {
    if (metric == null || !metric.path("mean").isNumber()) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "%.3f<span class=interval>%.3f – %.3f</span>",
        metric.path("mean").asDouble(),
        metric.path("low").asDouble(),
        metric.path("high").asDouble());
  }
}
