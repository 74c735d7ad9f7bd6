package dev.temper.infra.report;

import java.util.ArrayList;
import java.util.List;

/** Finds room for texts beside markers: none covers another. */
final class MarkerLabels {

  /** Of the chart's bold letters, on average. */
  private static final double LETTER = 6.8;

  private static final double LINE = 14;
  private static final int MOST_LINES = 12;

  private record Placed(double left, double right, double base) {}

  private final double top;
  private final double bottom;
  private final List<Placed> all = new ArrayList<>();

  /** Between two edges of a chart, in pixels from above. */
  MarkerLabels(double top, double bottom) {
    this.top = top;
    this.bottom = bottom;
  }

  /**
   * Where the base line of a text goes: as near as possible to where it was wanted.
   *
   * @param start left end of the text, or its right end
   * @param down whether it may rather move down than up
   */
  double place(String text, double start, boolean toTheRight, double wanted, boolean down) {
    double width = width(text);
    double left = toTheRight ? start : start - width;
    double chosen = wanted;
    for (int i = 0; i < 2 * MOST_LINES; i++) {
      int lines = (i + 1) / 2;
      boolean ownSide = i % 2 == 1;
      double base = wanted + (ownSide == down ? lines : -lines) * LINE;
      if (base > top + LINE && base < bottom - 2 && isFree(left, left + width, base)) {
        chosen = base;
        break;
      }
    }
    all.add(new Placed(left, left + width, chosen));
    return chosen;
  }

  /** About as wide as a text is drawn, in pixels. */
  static double width(String text) {
    return LETTER * text.length();
  }

  private boolean isFree(double left, double right, double base) {
    return all.stream()
        .noneMatch(
            other ->
                left < other.right()
                    && right > other.left()
                    && Math.abs(base - other.base()) < LINE);
  }
}
