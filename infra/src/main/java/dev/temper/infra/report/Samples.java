package dev.temper.infra.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Completions of the same prompts from every stage, side by side: the last ones of each stage. */
final class Samples {

  private static final int PROMPTS = 6;

  private Samples() {}

  /** A column: a stage, or a model inside an evaluation stage. */
  private record Column(String name, Map<String, StageView.Sample> byPrompt) {}

  static String html(RunView run) {
    List<Column> columns = columns(run);
    StringBuilder out = new StringBuilder();
    for (List<Column> group : groups(columns)) {
      table(out, group);
    }
    return out.toString();
  }

  private static List<Column> columns(RunView run) {
    List<Column> columns = new ArrayList<>();
    for (StageView stage : run.stages()) {
      Map<String, Map<String, StageView.Sample>> models = new LinkedHashMap<>();
      for (StageView.Sample sample : stage.samples()) {
        String name =
            sample.model().isEmpty() ? stage.name() : stage.name() + ": " + sample.model();
        // Later steps replace earlier ones: what stands is the end of the stage.
        models.computeIfAbsent(name, n -> new LinkedHashMap<>()).put(sample.prompt(), sample);
      }
      models.forEach((name, byPrompt) -> columns.add(new Column(name, byPrompt)));
    }
    return columns;
  }

  /** Columns that share prompts stand in one table. */
  private static List<List<Column>> groups(List<Column> columns) {
    List<List<Column>> groups = new ArrayList<>();
    for (Column column : columns) {
      List<Column> home =
          groups.stream()
              .filter(group -> group.stream().anyMatch(other -> shared(other, column)))
              .findFirst()
              .orElse(null);
      if (home == null) {
        home = new ArrayList<>();
        groups.add(home);
      }
      home.add(column);
    }
    return groups;
  }

  private static boolean shared(Column one, Column other) {
    return one.byPrompt().keySet().stream().anyMatch(other.byPrompt()::containsKey);
  }

  private static void table(StringBuilder out, List<Column> columns) {
    Set<String> prompts = new LinkedHashSet<>();
    columns.forEach(column -> prompts.addAll(column.byPrompt().keySet()));
    out.append("<div class=\"wide\"><table class=\"samples\"><tr><th>prompt");
    columns.forEach(column -> out.append("<th>").append(Html.escape(column.name())));
    out.append("</tr>");
    prompts.stream()
        .limit(PROMPTS)
        .forEach(
            prompt -> {
              out.append("<tr><td class=prompt>").append(Html.escape(prompt));
              for (Column column : columns) {
                out.append("<td>").append(cell(column.byPrompt().get(prompt)));
              }
              out.append("</tr>");
            });
    out.append("</table></div>");
  }

  private static String cell(StageView.Sample sample) {
    if (sample == null) {
      return "";
    }
    String gold =
        sample
            .gold()
            .map(value -> String.format(Locale.ROOT, "<span class=gold>gold %.2f</span>", value))
            .orElse("");
    return Html.escape(sample.completion())
        + (sample.ended() ? "" : "<span class=cut> … did not end</span>")
        + gold;
  }
}
