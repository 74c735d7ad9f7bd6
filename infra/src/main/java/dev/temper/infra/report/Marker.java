package dev.temper.infra.report;

/**
 * A marked place of a chart.
 *
 * @param filled drawn as a disc rather than a ring
 * @param text shown when the pointer rests on it
 * @param named whether the text stands beside it as well
 */
record Marker(double x, double y, int color, boolean filled, String text, boolean named) {
  Marker unnamed() {
    return new Marker(x, y, color, filled, text, false);
  }
}
