package dev.temper.infra.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The stages of a run as boxes in columns, each right of all that it reads from, with times. */
final class StageGraph {

  private static final int BOX_WIDTH = 128;
  private static final int BOX_HEIGHT = 46;
  private static final int GAP_X = 36;
  private static final int GAP_Y = 14;

  private final RunView run;
  private final Map<String, int[]> places = new LinkedHashMap<>();

  StageGraph(RunView run) {
    this.run = run;
  }

  String svg() {
    place();
    int columns = places.values().stream().mapToInt(place -> place[0]).max().orElse(0) + 1;
    int rows = places.values().stream().mapToInt(place -> place[1]).max().orElse(0) + 1;
    int width = columns * (BOX_WIDTH + GAP_X) - GAP_X + 4;
    int height = rows * (BOX_HEIGHT + GAP_Y) - GAP_Y + 4;
    StringBuilder out = new StringBuilder();
    out.append(
        text(
            "<svg class=\"graph\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                + " aria-label=\"stage graph\">",
            width, height, width, height));
    for (StageView stage : run.stages()) {
      for (String input : stage.inputStages()) {
        if (places.containsKey(input)) {
          edge(out, places.get(input), places.get(stage.name()));
        }
      }
    }
    run.stages().forEach(stage -> box(out, stage, places.get(stage.name())));
    return out.append("</svg>").toString();
  }

  /** Column: one more than the rightmost input's. Row: near the mean row of the inputs. */
  private void place() {
    Map<Integer, List<Integer>> taken = new LinkedHashMap<>();
    for (StageView stage : run.stages()) {
      int column = 0;
      double rows = 0;
      int known = 0;
      for (String input : stage.inputStages()) {
        int[] place = places.get(input);
        if (place != null) {
          column = Math.max(column, place[0] + 1);
          rows += place[1];
          known++;
        }
      }
      List<Integer> used = taken.computeIfAbsent(column, c -> new ArrayList<>());
      int row = known == 0 ? 0 : (int) Math.floor(rows / known);
      while (used.contains(row)) {
        row++;
      }
      used.add(row);
      places.put(stage.name(), new int[] {column, row});
    }
  }

  private static void edge(StringBuilder out, int[] from, int[] to) {
    int x1 = left(from) + BOX_WIDTH;
    int y1 = top(from) + BOX_HEIGHT / 2;
    int x2 = left(to);
    int y2 = top(to) + BOX_HEIGHT / 2;
    int bend = Math.max(24, (x2 - x1) / 2);
    out.append(
        text(
            "<path class=\"edge\" d=\"M%d %dC%d %d %d %d %d %d\"/>",
            x1, y1, x1 + bend, y1, x2 - bend, y2, x2, y2));
  }

  private static void box(StringBuilder out, StageView stage, int[] place) {
    int x = left(place);
    int y = top(place);
    String note =
        stage.cached()
            ? "cached"
            : "finished".equals(stage.status()) ? Duration.of(stage.seconds()) : stage.status();
    out.append(
        text(
            "<g><rect class=\"box %s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"6\"/>"
                + "<text class=\"name\" x=\"%d\" y=\"%d\">%s</text>"
                + "<text class=\"tick\" x=\"%d\" y=\"%d\">%s · %s</text>"
                + "<title>%s</title></g>",
            Html.escape(stage.status()),
            x,
            y,
            BOX_WIDTH,
            BOX_HEIGHT,
            x + 9,
            y + 19,
            Html.escape(stage.name()),
            x + 9,
            y + 36,
            Html.escape(shortKind(stage.kind())),
            Html.escape(note),
            Html.escape(
                stage.name()
                    + " ("
                    + stage.kind()
                    + "): "
                    + stage.steps()
                    + " steps, reads "
                    + stage.inputs())));
  }

  private static String shortKind(String kind) {
    return kind.length() <= 12 ? kind : kind.substring(0, 11) + "…";
  }

  private static int left(int[] place) {
    return 2 + place[0] * (BOX_WIDTH + GAP_X);
  }

  private static int top(int[] place) {
    return 2 + place[1] * (BOX_HEIGHT + GAP_Y);
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
