package dev.temper.infra.mlflow;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * The lines of a stage's journal that will never change, and when its first attempt started.
 *
 * @param startedAt milliseconds since 1970; empty for a stage that another run has made
 */
record Journal(List<Line> lines, OptionalLong startedAt) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One line.
   *
   * @param time milliseconds since 1970
   */
  record Line(long step, long time, Map<String, Double> metrics) {
    Line {
      metrics = Collections.unmodifiableMap(new TreeMap<>(metrics));
    }
  }

  /**
   * Reads the folder of a stage.
   *
   * @param whole whether the stage has finished, so that all lines count
   */
  static Journal read(Path folder, boolean whole) throws IOException {
    // The journal first: see StageFolder.committed for why not the other way round.
    List<Line> all = lines(folder.resolve("metrics.jsonl"));
    long committed = whole ? Long.MAX_VALUE : committed(folder.resolve("committed.json"));
    return new Journal(
        all.stream().filter(line -> line.step() <= committed).toList(),
        startedAt(folder.resolve("attempts.jsonl")));
  }

  /** Time of the newest line. */
  OptionalLong endedAt() {
    return lines.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(lines.get(lines.size() - 1).time());
  }

  private static List<Line> lines(Path file) throws IOException {
    List<Line> lines = new ArrayList<>();
    if (!Files.exists(file)) {
      return lines;
    }
    for (String text : Files.readAllLines(file)) {
      try {
        lines.add(line(JSON.readTree(text)));
      } catch (JsonProcessingException e) {
        break; // torn by a kill: it and what follows were never committed
      }
    }
    return lines;
  }

  private static Line line(JsonNode node) {
    Map<String, Double> metrics = new TreeMap<>();
    node.path("metrics")
        .properties()
        .forEach(field -> metrics.put(field.getKey(), field.getValue().doubleValue()));
    return new Line(node.path("step").longValue(), node.path("time").longValue(), metrics);
  }

  private static long committed(Path file) throws IOException {
    return Files.exists(file)
        ? JSON.readTree(Files.readAllBytes(file)).path("step").longValue()
        : Long.MIN_VALUE;
  }

  private static OptionalLong startedAt(Path file) throws IOException {
    if (!Files.exists(file)) {
      return OptionalLong.empty();
    }
    try (var lines = Files.lines(file)) {
      return lines
          .findFirst()
          .map(text -> OptionalLong.of(time(text)))
          .filter(time -> time.getAsLong() > 0)
          .orElse(OptionalLong.empty());
    }
  }

  private static long time(String text) {
    try {
      return JSON.readTree(text).path("startedAt").longValue();
    } catch (JsonProcessingException e) {
      return 0;
    }
  }
}
