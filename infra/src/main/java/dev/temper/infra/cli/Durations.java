package dev.temper.infra.cli;

import java.util.Locale;

/** Times and rates as people read them. */
final class Durations {

  private Durations() {}

  /** {@code 8.2 s}, {@code 3:07}, {@code 2:05:00}. */
  static String text(double seconds) {
    if (seconds < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    long whole = Math.round(seconds);
    long hours = whole / 3600;
    return hours > 0
        ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, whole / 60 % 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }

  /** Steps per second, or seconds per step where that is the larger number. */
  static String rate(double stepsPerSecond) {
    if (stepsPerSecond <= 0) {
      return "";
    }
    return stepsPerSecond >= 1
        ? String.format(Locale.ROOT, "%.1f/s", stepsPerSecond)
        : String.format(Locale.ROOT, "%.1f s/step", 1 / stepsPerSecond);
  }
}
