import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Prints for how long the loop of every stage stood still because of its checkpoints, from the
 * attempts.jsonl of finished runs.
 *
 * <p>{@code java -cp CLASSPATH CheckpointStall.java LIST}, a file with {@code RECIPE STORE
 * RUN_FOLDER} on each line.
 */
final class CheckpointStall {

  private static final ObjectMapper JSON = new ObjectMapper();

  private CheckpointStall() {}

  private record Loop(double seconds, double stalled, long checkpoints) {
    double percent() {
      return seconds == 0 ? 0 : 100 * stalled / seconds;
    }

    Loop plus(Loop other) {
      return new Loop(
          seconds + other.seconds,
          stalled + other.stalled,
          checkpoints + other.checkpoints);
    }
  }

  public static void main(String[] arguments) throws IOException {
    Map<String, List<Loop>> loops = new LinkedHashMap<>();
    Map<String, List<Loop>> whole = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of(arguments[0]))) {
      String[] words = line.split(" ", 3);
      Path folder = Path.of(words[2]);
      Loop sum = new Loop(0, 0, 0);
      for (JsonNode stage : JSON.readTree(folder.resolve("run.json").toFile()).path("stages")) {
        String name = stage.path("name").asText();
        Loop loop = loop(folder.resolve("stages").resolve(name).resolve("attempts.jsonl"));
        sum = sum.plus(loop);
        loops.computeIfAbsent(key(words, name), key -> new ArrayList<>()).add(loop);
      }
      whole.computeIfAbsent(key(words, "all stages"), key -> new ArrayList<>()).add(sum);
    }
    say("%-12s %-7s %-16s %9s %12s %12s %8s  %s", "recipe", "store", "stage", "loop, s",
        "checkpoints", "stalled, ms", "percent", "percent, least to most");
    loops.forEach(CheckpointStall::print);
    whole.forEach(CheckpointStall::print);
  }

  private static String key(String[] words, String stage) {
    return "%-12s %-7s %-16s".formatted(words[0], words[1], stage);
  }

  private static Loop loop(Path attempts) throws IOException {
    Loop loop = new Loop(0, 0, 0);
    for (String line : Files.readAllLines(attempts)) {
      JsonNode attempt = JSON.readTree(line);
      loop =
          loop.plus(
              new Loop(
                  attempt.path("loopMicros").asLong() / 1e6,
                  attempt.path("stalledMicros").asLong() / 1e6,
                  attempt.path("checkpoints").asLong()));
    }
    return loop;
  }

  private static void print(String name, List<Loop> rounds) {
    double[] percent = sorted(rounds, Loop::percent);
    say(
        "%s %9.2f %12.0f %12.1f %7.2f%%  %.2f to %.2f",
        name,
        median(sorted(rounds, Loop::seconds)),
        median(sorted(rounds, Loop::checkpoints)),
        1000 * median(sorted(rounds, Loop::stalled)),
        median(percent),
        percent[0],
        percent[percent.length - 1]);
  }

  private static double[] sorted(List<Loop> rounds, ToDoubleFunction<Loop> value) {
    return rounds.stream().mapToDouble(value).sorted().toArray();
  }

  private static double median(double[] sorted) {
    return sorted[sorted.length / 2];
  }

  private static void say(String format, Object... values) {
    System.out.printf(Locale.ROOT, format + "%n", values);
  }
}
