package dev.temper.infra.chaos;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What chaos found.
 *
 * @param runs killed runs, each continued until its end
 * @param blows in the order in which they fell
 * @param stages by name
 * @param differences from the clean run, empty where there are none
 * @param metricLines compared, over all killed runs
 * @param points of MLflow compared, over all killed runs; 0 without MLflow
 * @param synced those of them that were not there when a run ended, and that {@code temper sync}
 *     sent
 */
public record Certificate(
    String recipe,
    String machine,
    String version,
    long seed,
    int runs,
    double cleanSeconds,
    double seconds,
    List<Fallen> blows,
    Map<String, StageSums> stages,
    long metricLines,
    long points,
    long synced,
    List<String> differences) {

  /**
   * A blow that fell.
   *
   * @param afterSeconds since the processes were last started
   * @param running kinds by stage
   * @param recoverySeconds until the next optimizer step, or the next finished stage; -1 where the
   *     run ended or the next blow fell before
   */
  public record Fallen(
      int run,
      String target,
      String moment,
      String kind,
      double afterSeconds,
      Map<String, String> running,
      double recoverySeconds) {

    /** Of the stages that it hit; its own moment may come before its stage counts as running. */
    Set<String> kinds() {
      Set<String> kinds = new TreeSet<>(running.values());
      if (!kind.isEmpty()) {
        kinds.add(kind);
      }
      return kinds;
    }
  }

  /**
   * One stage over all killed runs.
   *
   * @param attempts over all killed runs
   * @param interval steps between checkpoints
   * @param clean steps that the clean runs would have executed
   * @param executed steps that the killed runs executed
   * @param mostLost steps that had to be done again after one blow, at most
   * @param resumed attempts that went on from a checkpoint
   * @param fromZero attempts that began at step 0 although a checkpoint was there
   */
  public record StageSums(
      String kind,
      int attempts,
      long interval,
      long clean,
      long executed,
      long mostLost,
      int resumed,
      int fromZero) {}

  public Certificate {
    blows = List.copyOf(blows);
    stages = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(stages));
    differences = List.copyOf(differences);
  }

  /** Whether nothing differs. */
  public boolean isEqual() {
    return differences.isEmpty();
  }

  /** For people. */
  public String markdown() {
    StringBuilder text = new StringBuilder();
    text.append("# Chaos certificate: ").append(recipe).append("\n\n");
    line(
        text,
        "**%s**: %d kills in %d runs against one clean run.",
        isEqual() ? "0 differences" : differences.size() + " differences",
        blows.size(),
        runs);
    text.append('\n');
    differences.forEach(difference -> line(text, "- %s", difference));
    line(text, "| | |");
    line(text, "|---|---|");
    line(text, "| machine | %s |", machine);
    line(text, "| Temper | %s |", version);
    line(text, "| seed | %d |", seed);
    line(text, "| clean run | %.1f s |", cleanSeconds);
    line(text, "| all of it | %.1f s |", seconds);
    line(text, "| metric lines compared | %d |", metricLines);
    line(text, "| MLflow points compared | %d, of which `temper sync` sent %d |", points, synced);
    line(text, "| recovery, median and longest | %s |", recovery());
    text.append("\n## Hit\n\n");
    counts(text, "target", Fallen::target);
    counts(text, "moment", Fallen::moment);
    Map<String, Integer> kinds = new TreeMap<>();
    blows.forEach(blow -> blow.kinds().forEach(kind -> kinds.merge(kind, 1, Integer::sum)));
    line(text, "- kinds of stages: %s", join(kinds));
    text.append("\n## Steps\n\n");
    line(
        text,
        "| stage | kind | attempts | resumed | interval | executed | clean | most lost at once |");
    line(text, "|---|---|---|---|---|---|---|---|");
    stages.forEach(
        (name, stage) ->
            line(
                text,
                "| %s | %s | %d | %d | %d | %d | %d | %d |",
                name,
                stage.kind(),
                stage.attempts(),
                stage.resumed(),
                stage.interval(),
                stage.executed(),
                stage.clean(),
                stage.mostLost()));
    text.append("\n## Kills\n\n");
    line(text, "| run | target | moment | after | running | next step after |");
    line(text, "|---|---|---|---|---|---|");
    for (Fallen blow : blows) {
      line(
          text,
          "| %d | %s | %s%s | %.1f s | %s | %s |",
          blow.run(),
          blow.target(),
          blow.moment(),
          blow.kind().isEmpty() ? "" : " of " + blow.kind(),
          blow.afterSeconds(),
          String.join(", ", blow.running().keySet()),
          blow.recoverySeconds() < 0
              ? "–"
              : String.format(Locale.ROOT, "%.1f s", blow.recoverySeconds()));
    }
    return text.toString();
  }

  private String recovery() {
    double[] seconds =
        blows.stream()
            .mapToDouble(Fallen::recoverySeconds)
            .filter(known -> known >= 0)
            .sorted()
            .toArray();
    return seconds.length == 0
        ? "none"
        : String.format(
            Locale.ROOT,
            "%.1f s, %.1f s",
            seconds[seconds.length / 2],
            seconds[seconds.length - 1]);
  }

  private void counts(
      StringBuilder text, String what, java.util.function.Function<Fallen, String> of) {
    Map<String, Integer> counts = new TreeMap<>();
    blows.forEach(blow -> counts.merge(of.apply(blow), 1, Integer::sum));
    line(text, "- %ss: %s", what, join(counts));
  }

  private static String join(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(java.util.stream.Collectors.joining(", "));
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
