package dev.temper.infra.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A line chart as SVG: axes with round ticks, bands, markers, a legend.
 *
 * @param title above the chart
 * @param xLabel below it
 * @param yLabel left of it
 * @param width pixels
 * @param height pixels
 * @param xMax right end of the axis; NaN to fit the data
 */
record LineChart(
    String title,
    String xLabel,
    String yLabel,
    int width,
    int height,
    double xMax,
    List<Series> series,
    List<Marker> markers) {

  private static final int LEFT = 54;
  private static final int RIGHT = 14;
  private static final int TOP = 30;
  private static final int BOTTOM = 42;
  private static final int LEGEND_ROW = 17;

  LineChart {
    series = List.copyOf(series);
    markers = List.copyOf(markers);
  }

  String svg() {
    double[] xs = range(series.stream().map(Series::x), xMax);
    double[] ys = verticalRange(xs);
    int legendRows = series.size() > 1 ? (series.size() + columns() - 1) / columns() : 0;
    int total = height + legendRows * LEGEND_ROW;
    StringBuilder out = new StringBuilder();
    out.append(
        text(
            "<svg class=\"chart\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\""
                + " aria-label=\"%s\">",
            width, total, width, total, Html.escape(title)));
    out.append(text("<text class=\"title\" x=\"%d\" y=\"17\">%s</text>", LEFT, Html.escape(title)));
    axes(out, xs, ys);
    out.append(
        text(
            "<svg x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" viewBox=\"%d %d %d %d\">",
            LEFT, TOP, plotWidth(), plotHeight(), LEFT, TOP, plotWidth(), plotHeight()));
    series.forEach(line -> band(out, line, xs, ys));
    series.forEach(line -> line(out, line, xs, ys));
    MarkerLabels labels = new MarkerLabels(TOP, (double) TOP + plotHeight());
    markers.forEach(marker -> marker(out, marker, xs, ys, labels));
    out.append("</svg>");
    legend(out);
    return out.append("</svg>").toString();
  }

  private int plotWidth() {
    return width - LEFT - RIGHT;
  }

  private int plotHeight() {
    return height - TOP - BOTTOM;
  }

  private int columns() {
    return Math.max(1, plotWidth() / 170);
  }

  private static double[] range(Stream<double[]> values, double end) {
    double[] finite = values.flatMapToDouble(Arrays::stream).filter(Double::isFinite).toArray();
    double low = DoubleStream.of(finite).min().orElse(0);
    double high = Double.isNaN(end) ? DoubleStream.of(finite).max().orElse(1) : end;
    return high > low ? new double[] {low, high} : new double[] {low - 0.5, low + 0.5};
  }

  /** Fits what can be seen: values right of the axis' end do not stretch it. */
  private double[] verticalRange(double[] xs) {
    List<Double> seen = new ArrayList<>();
    for (Series line : series) {
      for (int i = 0; i < line.y().length; i++) {
        if (Double.isFinite(line.y()[i]) && line.x()[i] <= xs[1] + 1e-9) {
          double error = i < line.error().length ? line.error()[i] : 0;
          seen.add(line.y()[i] - (Double.isFinite(error) ? error : 0));
          seen.add(line.y()[i] + (Double.isFinite(error) ? error : 0));
        }
      }
    }
    double low = seen.stream().mapToDouble(Double::doubleValue).min().orElse(0);
    double high = seen.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    double margin = high > low ? 0.05 * (high - low) : 0.5;
    return new double[] {low - margin, high + margin};
  }

  private double px(double x, double[] xs) {
    return LEFT + (x - xs[0]) / (xs[1] - xs[0]) * plotWidth();
  }

  private double py(double y, double[] ys) {
    return TOP + (ys[1] - y) / (ys[1] - ys[0]) * plotHeight();
  }

  private void axes(StringBuilder out, double[] xs, double[] ys) {
    int bottom = TOP + plotHeight();
    for (double tick : ticks(ys, 5)) {
      double y = py(tick, ys);
      out.append(
          text(
              "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>"
                  + "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              LEFT, y, LEFT + plotWidth(), y, LEFT - 6, y + 4, number(tick)));
    }
    for (double tick : ticks(xs, 6)) {
      double x = px(tick, xs);
      out.append(
          text(
              "<line class=\"axis\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>"
                  + "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
              x, bottom, x, bottom + 4, x, bottom + 17, number(tick)));
    }
    out.append(
        text(
            "<line class=\"axis\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
            LEFT, bottom, LEFT + plotWidth(), bottom));
    out.append(
        text(
            "<text class=\"label\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
            LEFT + plotWidth() / 2, bottom + 34, Html.escape(xLabel)));
    int middle = TOP + plotHeight() / 2;
    out.append(
        text(
            "<text class=\"label\" x=\"13\" y=\"%d\" text-anchor=\"middle\""
                + " transform=\"rotate(-90 13 %d)\">%s</text>",
            middle, middle, Html.escape(yLabel)));
  }

  private void band(StringBuilder out, Series line, double[] xs, double[] ys) {
    if (line.error().length == 0) {
      return;
    }
    StringBuilder upper = new StringBuilder();
    StringBuilder lower = new StringBuilder();
    for (int i = 0; i < line.x().length; i++) {
      double error = line.error()[i];
      if (Double.isFinite(line.y()[i]) && Double.isFinite(error)) {
        upper.append(text("%.1f,%.1f ", px(line.x()[i], xs), py(line.y()[i] + error, ys)));
        lower.insert(0, text("%.1f,%.1f ", px(line.x()[i], xs), py(line.y()[i] - error, ys)));
      }
    }
    out.append(
        text("<polygon class=\"band c%d\" points=\"%s%s\"/>", line.style().color(), upper, lower));
  }

  private void line(StringBuilder out, Series line, double[] xs, double[] ys) {
    StringBuilder path = new StringBuilder();
    StringBuilder points = new StringBuilder();
    boolean pen = false;
    for (int i = 0; i < line.x().length; i++) {
      if (!Double.isFinite(line.y()[i]) || !Double.isFinite(line.x()[i])) {
        pen = false;
        continue;
      }
      double x = px(line.x()[i], xs);
      double y = py(line.y()[i], ys);
      path.append(text("%s%.1f %.1f", pen ? "L" : "M", x, y));
      pen = true;
      if (line.style().points()) {
        String label = i < line.labels().size() ? line.labels().get(i) : "";
        points.append(
            text(
                "<circle class=\"dot c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2.4\"><title>%s</title>"
                    + "</circle>",
                line.style().color(), x, y, Html.escape(line.name() + " " + label)));
      }
    }
    out.append(
        text(
            "<path class=\"line c%d\" stroke-dasharray=\"%s\" d=\"%s\"/>",
            line.style().color(), line.style().dash(), path));
    out.append(points);
  }

  private void marker(
      StringBuilder out, Marker marker, double[] xs, double[] ys, MarkerLabels labels) {
    if (marker.x() > xs[1] || !Double.isFinite(marker.y())) {
      return;
    }
    double x = px(marker.x(), xs);
    double y = py(marker.y(), ys);
    boolean right = x + 9 + MarkerLabels.width(marker.text()) < LEFT + plotWidth();
    out.append(
        text(
            "<circle class=\"%s c%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"6\"><title>%s</title></circle>",
            marker.filled() ? "disc" : "ring", marker.color(), x, y, Html.escape(marker.text())));
    if (!marker.named()) {
      return;
    }
    double start = right ? x + 9 : x - 9;
    double wanted = marker.filled() ? y + 16 : y - 9;
    out.append(
        text(
            "<text class=\"mark\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
            start,
            labels.place(marker.text(), start, right, wanted, marker.filled()),
            right ? "start" : "end",
            Html.escape(marker.text())));
  }

  private void legend(StringBuilder out) {
    if (series.size() < 2) {
      return;
    }
    int cell = plotWidth() / columns();
    for (int i = 0; i < series.size(); i++) {
      int x = LEFT + (i % columns()) * cell;
      int y = height + (i / columns()) * LEGEND_ROW + 8;
      Series line = series.get(i);
      out.append(
          text(
              "<line class=\"line c%d\" stroke-dasharray=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\""
                  + " y2=\"%d\"/><text class=\"tick\" x=\"%d\" y=\"%d\">%s</text>",
              line.style().color(),
              line.style().dash(),
              x,
              y - 4,
              x + 24,
              y - 4,
              x + 30,
              y,
              Html.escape(line.name())));
    }
  }

  /** Multiples of 1, 2 or 5 times a power of ten inside the range. */
  static double[] ticks(double[] range, int about) {
    double raw = (range[1] - range[0]) / about;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double ratio = raw / power;
    double step = (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10) * power;
    List<Double> ticks = new ArrayList<>();
    for (double tick = Math.ceil(range[0] / step) * step;
        tick <= range[1] + 1e-9 * step;
        tick += step) {
      ticks.add(Math.abs(tick) < 1e-9 * step ? 0.0 : tick);
    }
    return ticks.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** A tick in as few characters as it needs. */
  static String number(double value) {
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    if (size < 1e-3 || size >= 1e5) {
      return String.format(Locale.ROOT, "%.0e", value);
    }
    String text = String.format(Locale.ROOT, "%.4f", value);
    return text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
