package dev.temper.infra.report;

import java.util.List;

/**
 * A line of a chart.
 *
 * @param name for the legend
 * @param x positions
 * @param y values; NaN leaves a gap
 * @param error half-width of the band around the line; empty for none
 * @param style how it is drawn
 * @param labels text shown when the pointer rests on a point; empty for none
 */
record Series(
    String name, double[] x, double[] y, double[] error, Style style, List<String> labels) {
  Series {
    labels = List.copyOf(labels);
  }

  /**
   * Colour and dash.
   *
   * @param color index into the page's palette
   * @param dash SVG dash pattern; empty for a solid line
   * @param points whether points are drawn
   */
  record Style(int color, String dash, boolean points) {}

  static Series line(String name, double[] x, double[] y, Style style) {
    return new Series(name, x, y, new double[0], style, List.of());
  }
}
