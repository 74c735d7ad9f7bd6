package dev.temper.infra.report;

import java.util.Locale;

/** Seconds for people. */
final class Duration {
  private Duration() {}

  static String of(double seconds) {
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.0f s", seconds);
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d h %02d min", whole / 3600, whole % 3600 / 60);
  }
}
