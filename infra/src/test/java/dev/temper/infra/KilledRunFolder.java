package dev.temper.infra;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads what a run of the kill harness left in its home: one run, one store. */
final class KilledRunFolder {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path home;
  private final Path run;
  private final JsonNode record;

  private KilledRunFolder(Path home, Path run, JsonNode record) {
    this.home = home;
    this.run = run;
    this.record = record;
  }

  static KilledRunFolder of(Path home) throws IOException {
    Path runs = home.resolve("runs");
    if (!Files.isDirectory(runs)) {
      return new KilledRunFolder(home, runs, JSON.createObjectNode());
    }
    try (Stream<Path> folders = Files.list(runs)) {
      Path run = folders.findFirst().orElseThrow();
      Path file = run.resolve("run.json");
      return new KilledRunFolder(
          home, run, Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode());
    }
  }

  /** Whether a stage began after that time. */
  static boolean wasWrittenSince(Path home, long millis) throws IOException {
    KilledRunFolder now = of(home);
    Path file = now.run.resolve("run.json");
    return !now.running().isEmpty() && Files.getLastModifiedTime(file).toMillis() >= millis;
  }

  String recipe() {
    return record.path("recipe").asText();
  }

  /** Kind by stage, in the order of the recipe. */
  Map<String, String> kinds() {
    Map<String, String> kinds = new LinkedHashMap<>();
    record
        .path("stages")
        .forEach(stage -> kinds.put(stage.get("name").asText(), stage.get("kind").asText()));
    return kinds;
  }

  Map<String, String> running() {
    Map<String, String> running = new LinkedHashMap<>();
    for (JsonNode stage : record.path("stages")) {
      if (stage.path("status").asText().equals("running")) {
        running.put(stage.get("name").asText(), stage.get("kind").asText());
      }
    }
    return running;
  }

  /** Kinds, the one first whose last stage ended first. */
  List<String> kindsByEnd() throws IOException {
    Map<String, Long> ends = new LinkedHashMap<>();
    for (Map.Entry<String, String> stage : kinds().entrySet()) {
      long end = Files.getLastModifiedTime(manifestFile(stage.getKey())).toMillis();
      ends.merge(stage.getValue(), end, Math::max);
    }
    return ends.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether a stage of the kind ran long enough for a second checkpoint. */
  boolean makesCheckpoints(String kind) throws IOException {
    for (Map.Entry<String, String> stage : kinds().entrySet()) {
      if (stage.getValue().equals(kind)
          && stage(stage.getKey()).path("steps").asLong() > interval(stage.getKey())) {
        return true;
      }
    }
    return false;
  }

  /** What a run still has to do, as a share of the stage seconds of this one, which is clean. */
  double shareLeft(KilledRunFolder killed) {
    double all = 0;
    double left = 0;
    for (JsonNode stage : record.path("stages")) {
      double seconds = stage.path("seconds").asDouble();
      all += seconds;
      if (!killed.isPublished(stage.path("artifact").asText())) {
        double done =
            (double) killed.newestCheckpointOrNone(stage.path("artifact").asText())
                / Math.max(1, stage.path("steps").asLong());
        left += seconds * (1 - Math.min(1, done));
      }
    }
    return all == 0 ? 1 : left / all;
  }

  String content(String stage) {
    return stage(stage).path("content").asText();
  }

  String key(String stage) {
    return stage(stage).path("artifact").asText();
  }

  private JsonNode stage(String name) {
    for (JsonNode stage : record.path("stages")) {
      if (stage.path("name").asText().equals(name)) {
        return stage;
      }
    }
    return JSON.createObjectNode();
  }

  boolean isPublished(String key) {
    return Files.exists(home.resolve("store/artifacts").resolve(key).resolve("MANIFEST.json"));
  }

  private Path manifestFile(String stage) {
    return home.resolve("store/artifacts").resolve(key(stage)).resolve("MANIFEST.json");
  }

  /** Whole, attachments but for the metric history included: that one holds times. */
  JsonNode manifest(String stage) throws IOException {
    ObjectNode manifest = (ObjectNode) JSON.readTree(manifestFile(stage).toFile());
    List<JsonNode> attachments = new ArrayList<>();
    manifest
        .path("attachments")
        .forEach(
            attachment -> {
              if (!attachment.path("path").asText().endsWith("metrics.jsonl")) {
                attachments.add(attachment);
              }
            });
    manifest.set("attachments", JSON.valueToTree(attachments));
    return manifest;
  }

  /** Without their times. */
  List<String> metrics(String stage) throws IOException {
    List<String> lines = new ArrayList<>();
    Path file = run.resolve("stages").resolve(stage).resolve("metrics.jsonl");
    if (!Files.exists(file)) {
      return lines;
    }
    for (String line : Files.readAllLines(file)) {
      ObjectNode node = (ObjectNode) JSON.readTree(line);
      node.remove("time");
      lines.add(node.toString());
    }
    return lines;
  }

  long executedSteps(String stage) {
    return attempts(stage).stream()
        .mapToLong(attempt -> attempt.path("executedSteps").asLong())
        .sum();
  }

  /** Of the attempt with that index. */
  long resumedFrom(String stage, int attempt) {
    return attempts(stage).get(attempt).path("resumedFromStep").asLong();
  }

  /** Where the newest attempt is, or was when it was killed. */
  long stepReached(String stage) {
    List<JsonNode> attempts = attempts(stage);
    if (attempts.isEmpty()) {
      return 0;
    }
    JsonNode last = attempts.get(attempts.size() - 1);
    return last.path("resumedFromStep").asLong() + last.path("executedSteps").asLong();
  }

  List<JsonNode> attempts(String stage) {
    Path file = run.resolve("stages").resolve(stage).resolve("attempts.jsonl");
    List<JsonNode> attempts = new ArrayList<>();
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file)) {
          attempts.add(JSON.readTree(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return attempts;
  }

  /** Step of the newest committed checkpoint of a key; 0 for none. */
  long newestCheckpoint(String key) throws IOException {
    Path checkpoints = home.resolve("store/checkpoints").resolve(key);
    if (!Files.isDirectory(checkpoints)) {
      return 0;
    }
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files
          .filter(file -> file.getFileName().toString().equals("MANIFEST.json"))
          .mapToLong(KilledRunFolder::step)
          .max()
          .orElse(0);
    }
  }

  private long newestCheckpointOrNone(String key) {
    try {
      return newestCheckpoint(key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long step(Path manifest) {
    try {
      return JSON.readTree(manifest.toFile()).path("step").asLong();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Steps between checkpoints; where they are made by time, as many as that time had room for. */
  long interval(String stage) throws IOException {
    long every =
        new YAMLMapper()
            .readTree(run.resolve("recipe.yaml").toFile())
            .path("stages")
            .path(stage)
            .path("checkpointEverySteps")
            .asLong();
    if (every > 0) {
      return every;
    }
    double secondsBetween = 10;
    double seconds = Math.max(0.1, stage(stage).path("seconds").asDouble());
    long steps = executedSteps(stage);
    return Math.min(steps, (long) Math.ceil(steps / seconds * secondsBetween) + 1);
  }
}
