package dev.temper.infra.chaos;

import dev.temper.infra.chaos.RunTrace.Attempt;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Compares killed runs with a clean one, and adds up what they did. */
final class Comparison {

  private final RunTrace clean;
  private final Map<String, List<String>> cleanPoints;
  private final List<String> differences = new ArrayList<>();
  private final Map<String, Certificate.StageSums> stages = new LinkedHashMap<>();
  private long metricLines;
  private long points;
  private long synced;

  Comparison(RunTrace clean, Map<String, List<String>> cleanPoints) throws IOException {
    this.clean = clean;
    this.cleanPoints = cleanPoints;
    for (Map.Entry<String, String> stage : clean.kinds().entrySet()) {
      stages.put(
          stage.getKey(),
          new Certificate.StageSums(
              stage.getValue(), 0, clean.interval(stage.getKey()), 0, 0, 0, 0, 0));
    }
    if (!cleanPoints.isEmpty()) {
      requireOncePerStep("clean", cleanPoints);
    }
  }

  List<String> differences() {
    return differences;
  }

  Map<String, Certificate.StageSums> stages() {
    return stages;
  }

  long metricLines() {
    return metricLines;
  }

  long points() {
    return points;
  }

  /** Points that MLflow did not have at the ends of the runs, and got by a sync. */
  long synced() {
    return synced;
  }

  void differs(String what) {
    differences.add(what);
  }

  /** What MLflow held of a killed run at its end, before anybody sent what it missed. */
  void addUnsynced(String name, Map<String, List<String>> held) {
    requireOncePerStep(name + " before the sync", held);
    cleanPoints.forEach(
        (series, lines) -> {
          List<String> there = held.getOrDefault(series, List.of());
          if (!lines.containsAll(there)) {
            differs(name + " before the sync: points of " + series + detail(lines, there));
          }
          synced += lines.size() - there.size();
        });
  }

  /** A killed run that has come to its end. */
  void add(Path home, RunTrace killed, Map<String, List<String>> killedPoints) throws IOException {
    String name = home.getFileName().toString();
    for (String stage : clean.kinds().keySet()) {
      String where = name + ": " + stage;
      same(where + ": key", clean.key(stage), killed.key(stage));
      same(where + ": content", clean.content(stage), killed.content(stage));
      List<String> lines = killed.metrics(stage);
      metricLines += lines.size();
      same(where + ": metric lines", clean.metrics(stage), lines);
      stages.put(stage, sums(where, stage, killed.attempts(stage)));
    }
    if (!cleanPoints.isEmpty()) {
      requireOncePerStep(name, killedPoints);
      same(name + ": series in MLflow", cleanPoints.keySet(), killedPoints.keySet());
      killedPoints.forEach(
          (series, held) -> {
            points += held.size();
            same(name + ": points of " + series, cleanPoints.get(series), held);
          });
    }
  }

  private Certificate.StageSums sums(String where, String stage, List<Attempt> attempts)
      throws IOException {
    Certificate.StageSums before = stages.get(stage);
    long mostLost = before.mostLost();
    long executed = before.executed();
    int resumed = before.resumed();
    int fromZero = before.fromZero();
    Attempt last = null;
    for (Attempt attempt : attempts) {
      executed += attempt.executedSteps();
      resumed += attempt.resumedFromStep() > 0 ? 1 : 0;
      if (last != null) {
        long lost = last.reached() - attempt.resumedFromStep();
        mostLost = Math.max(mostLost, lost);
        if (clean.isTooMuch(stage, last, lost)) {
          differs(
              "%s was killed at step %d and went on from %d: more than an interval, about %d"
                  .formatted(where, last.reached(), attempt.resumedFromStep(), before.interval()));
        }
        if (attempt.resumedFromStep() < last.committedStep()) {
          fromZero += attempt.resumedFromStep() == 0 ? 1 : 0;
          differs(
              "%s had a checkpoint of step %d and went on from %d"
                  .formatted(where, last.committedStep(), attempt.resumedFromStep()));
        }
      }
      last = attempt;
    }
    return new Certificate.StageSums(
        before.kind(),
        before.attempts() + attempts.size(),
        before.interval(),
        before.clean() + clean.executedSteps(stage),
        executed,
        mostLost,
        resumed,
        fromZero);
  }

  private void requireOncePerStep(String name, Map<String, List<String>> series) {
    series.forEach(
        (metric, lines) -> {
          long steps = lines.stream().map(line -> line.split(" ", 2)[0]).distinct().count();
          if (steps != lines.size()) {
            differs(
                "%s: %s has %d points for %d steps".formatted(name, metric, lines.size(), steps));
          }
        });
  }

  private void same(String what, Object expected, Object found) {
    if (!Objects.equals(expected, found)) {
      differs(what + detail(expected, found));
    }
  }

  /** The first place at which two lists or sets differ, since whole ones are long. */
  private static String detail(Object expected, Object found) {
    if (!(expected instanceof Collection<?> left) || !(found instanceof Collection<?> right)) {
      return ": " + found + ", clean " + expected;
    }
    List<Object> missing = new ArrayList<>(left);
    missing.removeAll(right);
    List<Object> added = new ArrayList<>(right);
    added.removeAll(left);
    return ": %d missing%s, %d added%s"
        .formatted(missing.size(), first(missing), added.size(), first(added));
  }

  private static String first(List<Object> some) {
    return some.isEmpty() ? "" : " such as '" + some.get(0) + "'";
  }
}
