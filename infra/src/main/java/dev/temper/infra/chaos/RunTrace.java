package dev.temper.infra.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.activities.HaltAt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the only run of a home has left so far, read from its files. */
final class RunTrace {

  /**
   * What one attempt at a stage did.
   *
   * @param loopSeconds until the end of its last step
   */
  record Attempt(
      long startedAt,
      long resumedFromStep,
      long executedSteps,
      long committedStep,
      double loopSeconds) {
    /** The step that it was at last. */
    long reached() {
      return resumedFromStep + executedSteps;
    }

    private double secondsOf(long steps) {
      return executedSteps == 0 ? 0 : loopSeconds * steps / executedSteps;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double SECONDS_BETWEEN_CHECKPOINTS = 10;

  /** Where the moment of the next blow stands, below the home. */
  static final String MOMENT = "moment";

  private final Path home;
  private final Path run;
  private final JsonNode record;

  private RunTrace(Path home, Path run, JsonNode record) {
    this.home = home;
    this.run = run;
    this.record = record;
  }

  static RunTrace of(Path home) throws IOException {
    Optional<Path> run = onlyRun(home.resolve("runs"));
    Path file = run.orElse(home).resolve("run.json");
    return new RunTrace(
        home,
        run.orElse(home),
        Files.exists(file) ? JSON.readTree(Files.readAllBytes(file)) : JSON.createObjectNode());
  }

  private static Optional<Path> onlyRun(Path runs) throws IOException {
    if (!Files.isDirectory(runs)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(runs)) {
      return folders.filter(Files::isDirectory).findFirst();
    }
  }

  /** Name of the run. */
  String name() {
    return run.getFileName().toString();
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

  /** Stages that run, with their kinds. */
  Map<String, String> running() {
    Map<String, String> running = new LinkedHashMap<>();
    for (JsonNode stage : record.path("stages")) {
      if (stage.path("status").asText().equals("running")) {
        running.put(stage.get("name").asText(), stage.get("kind").asText());
      }
    }
    return running;
  }

  boolean isFinished(String stage) {
    return stage(stage).path("status").asText().equals("finished");
  }

  long steps(String stage) {
    return stage(stage).path("steps").asLong();
  }

  double seconds(String stage) {
    return stage(stage).path("seconds").asDouble();
  }

  String key(String stage) {
    return stage(stage).path("artifact").asText();
  }

  String content(String stage) {
    return stage(stage).path("content").asText();
  }

  private JsonNode stage(String name) {
    for (JsonNode stage : record.path("stages")) {
      if (stage.path("name").asText().equals(name)) {
        return stage;
      }
    }
    return JSON.createObjectNode();
  }

  /** Metric lines without their times. */
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

  /** All attempts at a stage, in order; a line that is being written is left out. */
  List<Attempt> attempts(String stage) throws IOException {
    List<Attempt> attempts = new ArrayList<>();
    Path worker = home.resolve("worker").resolve(run.getFileName().toString()).resolve("stages");
    Path folder = Files.isDirectory(worker) ? worker : run.resolve("stages");
    Path file = folder.resolve(stage).resolve("attempts.jsonl");
    if (!Files.exists(file)) {
      return attempts;
    }
    for (String line : Files.readAllLines(file)) {
      if (line.endsWith("}")) {
        JsonNode attempt = JSON.readTree(line);
        attempts.add(
            new Attempt(
                attempt.path("startedAt").asLong(),
                attempt.path("resumedFromStep").asLong(),
                attempt.path("executedSteps").asLong(),
                attempt.path("committedStep").asLong(),
                attempt.path("loopMicros").asLong() / 1e6));
      }
    }
    return attempts;
  }

  /** Steps that all attempts at all stages executed. */
  long executedSteps() throws IOException {
    long steps = 0;
    for (String stage : kinds().keySet()) {
      steps += executedSteps(stage);
    }
    return steps;
  }

  long executedSteps(String stage) throws IOException {
    return attempts(stage).stream().mapToLong(Attempt::executedSteps).sum();
  }

  /** Steps between checkpoints; where they are made by time, as many as that time had room for. */
  long interval(String stage) throws IOException {
    long every = everySteps(stage);
    if (every > 0) {
      return every;
    }
    double seconds = Math.max(0.1, seconds(stage));
    long steps = executedSteps(stage);
    return Math.min(steps, (long) Math.ceil(steps / seconds * SECONDS_BETWEEN_CHECKPOINTS) + 1);
  }

  /**
   * Whether an attempt at a stage lost more than what may lie between two checkpoints. Where they
   * are made by time, its own speed counts: a machine is not equally fast in every run.
   */
  boolean isTooMuch(String stage, Attempt attempt, long lost) throws IOException {
    long every = everySteps(stage);
    return every > 0
        ? lost > every
        // The last step may have begun when a checkpoint was not yet due.
        : attempt.secondsOf(lost - 1) > SECONDS_BETWEEN_CHECKPOINTS;
  }

  /** 0 where checkpoints are made by time. */
  private long everySteps(String stage) throws IOException {
    return new YAMLMapper()
        .readTree(run.resolve("recipe.yaml").toFile())
        .path("stages")
        .path(stage)
        .path("checkpointEverySteps")
        .asLong();
  }

  /** Whether a stage of the kind runs long enough for a second checkpoint. */
  boolean makesCheckpoints(String kind) throws IOException {
    for (Map.Entry<String, String> stage : kinds().entrySet()) {
      if (stage.getValue().equals(kind) && steps(stage.getKey()) > interval(stage.getKey())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Moments that its processes reached and would reach again, by kind of stage; those of the run
   * itself have none. Whether a step lasts long enough for a sign of life from its inside is
   * chance, unless there were many.
   */
  Map<String, List<String>> moments() throws IOException {
    Map<String, List<String>> moments = new TreeMap<>();
    Path file = HaltAt.reachedOf(home.resolve(MOMENT));
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] parts = line.split(":", -1);
        boolean often = parts.length == 3;
        if (often == parts[0].endsWith(".inside")) {
          moments.computeIfAbsent(parts[1], kind -> new ArrayList<>()).add(parts[0]);
        }
      }
      moments.values().forEach(Collections::sort);
    }
    return moments;
  }

  /** Kinds, the one first whose last stage ended first. */
  List<String> kindsByEnd() throws IOException {
    Map<String, Double> ends = new LinkedHashMap<>();
    for (Map.Entry<String, String> stage : kinds().entrySet()) {
      List<Attempt> attempts = attempts(stage.getKey());
      double start = attempts.isEmpty() ? 0 : attempts.get(attempts.size() - 1).startedAt();
      ends.merge(stage.getValue(), start / 1000.0 + seconds(stage.getKey()), Math::max);
    }
    return ends.entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What another run of the recipe still has to do, as a share of this one, which is clean. */
  double shareLeft(RunTrace other) throws IOException {
    double all = 0;
    double left = 0;
    for (String stage : kinds().keySet()) {
      all += seconds(stage);
      if (!other.isFinished(stage)) {
        List<Attempt> attempts = other.attempts(stage);
        double reached = attempts.isEmpty() ? 0 : attempts.get(attempts.size() - 1).committedStep();
        left += seconds(stage) * (1 - Math.min(1, reached / Math.max(1, steps(stage))));
      }
    }
    return all == 0 ? 1 : left / all;
  }
}
