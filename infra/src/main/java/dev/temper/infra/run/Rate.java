package dev.temper.infra.run;

import java.util.ArrayDeque;
import java.util.Deque;

/** Steps per second over the last seconds. */
final class Rate {

  private static final double WINDOW_SECONDS = 20;

  private record Mark(double seconds, long step) {}

  private final Deque<Mark> marks = new ArrayDeque<>();

  Rate(double seconds, long step) {
    marks.add(new Mark(seconds, step));
  }

  /** The rate, with what was done until now; 0 before the first step. */
  double at(double seconds, long step) {
    marks.addLast(new Mark(seconds, step));
    while (marks.size() > 2 && marks.peekFirst().seconds() < seconds - WINDOW_SECONDS) {
      marks.removeFirst();
    }
    Mark first = marks.peekFirst();
    double elapsed = seconds - first.seconds();
    return elapsed > 0 ? (step - first.step()) / elapsed : 0;
  }
}
