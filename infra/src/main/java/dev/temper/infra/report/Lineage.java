package dev.temper.infra.report;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which artifact came from which, by hash, with how it was made. */
final class Lineage {

  private static final int SHOWN = 12;

  private Lineage() {}

  static String html(RunView run) {
    StringBuilder out =
        new StringBuilder(
            "<div class=wide><table><tr><th>stage<th>kind<th>status<th>steps<th>time<th>attempts"
                + "<th>resumed from<th>reads<th>artifact<th>content</tr>");
    for (StageView stage : run.stages()) {
      out.append(
          String.format(
              Locale.ROOT,
              "<tr><td><b>%s</b><td>%s<td>%s%s<td class=n>%d<td class=n>%s<td class=n>%d"
                  + "<td class=n>%d<td>%s<td><code title=\"%s\">%s</code>"
                  + "<td><code title=\"%s\">%s</code></tr>",
              Html.escape(stage.name()),
              Html.escape(stage.kind()),
              Html.escape(stage.status()),
              stage.cached() ? " (cached)" : "",
              stage.steps(),
              Duration.of(stage.seconds()),
              stage.attempts(),
              stage.resumedFromStep(),
              Html.escape(String.join(", ", stage.inputs())),
              Html.escape(stage.key()),
              Html.escape(head(stage.key())),
              Html.escape(stage.content()),
              Html.escape(head(stage.content()))));
    }
    return out.append("</table></div>").toString();
  }

  static String summary(RunView run) {
    StringBuilder out = new StringBuilder();
    for (StageView stage : run.stages()) {
      if (!stage.metrics().isEmpty()) {
        Map<String, Double> sorted = new TreeMap<>(stage.metrics());
        out.append("<details><summary><b>")
            .append(Html.escape(stage.name()))
            .append("</b> ")
            .append(sorted.size())
            .append(" final numbers</summary><table>")
            .append(
                sorted.entrySet().stream()
                    .map(
                        entry ->
                            "<tr><td>"
                                + Html.escape(entry.getKey())
                                + "<td class=n>"
                                + LineChart.number(entry.getValue())
                                + "</tr>")
                    .collect(Collectors.joining()))
            .append("</table></details>");
      }
    }
    return out.toString();
  }

  private static String head(String hash) {
    return hash.length() <= SHOWN ? hash : hash.substring(0, SHOWN);
  }
}
