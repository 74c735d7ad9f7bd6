package dev.temper.trainers.stage;

import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How far a task has come: steps, running totals, and the latest value of every metric. */
final class Progress {

  private static final String FILE = "progress.json";

  private long step;
  private final SortedMap<String, Double> totals;
  private final SortedMap<String, Double> latest;

  private Progress(long step, Map<String, Double> totals, Map<String, Double> latest) {
    this.step = step;
    this.totals = new TreeMap<>(totals);
    this.latest = new TreeMap<>(latest);
  }

  static Progress start() {
    return new Progress(0, Map.of(), Map.of());
  }

  static Progress restore(CheckpointReader from) throws IOException {
    Saved saved = JsonLines.object(from.read(FILE), Saved.class);
    return new Progress(saved.step(), saved.totals(), saved.latest());
  }

  long step() {
    return step;
  }

  void finishedStep() {
    step++;
  }

  /** Adds to a running total and returns it. */
  double add(String total, double amount) {
    return totals.merge(total, amount, Double::sum);
  }

  void remember(Map<String, Double> metrics) {
    latest.putAll(metrics);
  }

  /** The newest value of every metric that was ever remembered. */
  Map<String, Double> latest() {
    return Map.copyOf(latest);
  }

  void save(CheckpointWriter out) throws IOException {
    out.put(FILE, JsonLines.object(new Saved(step, totals, latest)));
  }

  private record Saved(long step, Map<String, Double> totals, Map<String, Double> latest) {}
}
