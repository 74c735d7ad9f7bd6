package dev.temper.infra.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run as its folder shows it, finished or not.
 *
 * <p>Missing files are missing sections; a last line that was cut by a crash is left out.
 *
 * @param recipe text of the resolved recipe
 */
record RunView(
    String run,
    String status,
    String startedAt,
    String endedAt,
    List<StageView> stages,
    String recipe) {
  private static final ObjectMapper JSON = new ObjectMapper();

  RunView {
    stages = List.copyOf(stages);
  }

  static RunView read(Path folder) throws IOException {
    JsonNode run = JSON.readTree(folder.resolve("run.json").toFile());
    List<StageView> stages = new ArrayList<>();
    for (JsonNode stage : run.path("stages")) {
      stages.add(stage(stage, folder.resolve("stages").resolve(stage.path("name").asText())));
    }
    Path recipe = folder.resolve("recipe.yaml");
    return new RunView(
        run.path("run").asText(folder.getFileName().toString()),
        run.path("status").asText(""),
        run.path("startedAt").asText(""),
        run.path("endedAt").asText(""),
        stages,
        Files.exists(recipe) ? Files.readString(recipe) : "");
  }

  Optional<StageView> stage(String name) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
  }

  List<StageView> ofKind(String kind) {
    return stages.stream().filter(stage -> stage.kind().equals(kind)).toList();
  }

  private static StageView stage(JsonNode node, Path folder) throws IOException {
    List<String> inputs = new ArrayList<>();
    node.path("inputs").forEach(input -> inputs.add(input.asText()));
    return new StageView(
        node.path("name").asText(),
        node.path("kind").asText(),
        node.path("status").asText(),
        node.path("cached").asBoolean(),
        node.path("attempts").asInt(),
        node.path("resumedFromStep").asLong(),
        node.path("steps").asLong(),
        node.path("seconds").asDouble(),
        node.path("artifact").asText(""),
        node.path("content").asText(""),
        inputs,
        numbers(node.path("metrics")),
        history(folder.resolve("metrics.jsonl")),
        samples(folder.resolve("samples.jsonl")),
        table(folder.resolve("curve.csv")),
        table(folder.resolve("best-of-n.csv")),
        json(folder.resolve("peak.json")),
        json(folder.resolve("evaluation.json")),
        folder);
  }

  private static Map<String, Double> numbers(JsonNode node) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    node.properties()
        .forEach(
            field -> {
              if (field.getValue().isNumber()) {
                numbers.put(field.getKey(), field.getValue().asDouble());
              }
            });
    return numbers;
  }

  private static List<StageView.MetricLine> history(Path file) throws IOException {
    List<StageView.MetricLine> lines = new ArrayList<>();
    for (JsonNode node : lines(file)) {
      lines.add(
          new StageView.MetricLine(node.path("step").asLong(), numbers(node.path("metrics"))));
    }
    return lines;
  }

  private static List<StageView.Sample> samples(Path file) throws IOException {
    List<StageView.Sample> samples = new ArrayList<>();
    for (JsonNode node : lines(file)) {
      samples.add(
          new StageView.Sample(
              node.path("step").asLong(),
              node.path("prompt").asText(),
              node.path("completion").asText(),
              node.path("ended").asBoolean(),
              node.path("gold").isNumber()
                  ? Optional.of(node.path("gold").asDouble())
                  : Optional.empty(),
              node.path("model").asText("")));
    }
    return samples;
  }

  private static List<JsonNode> lines(Path file) throws IOException {
    List<JsonNode> nodes = new ArrayList<>();
    if (Files.exists(file)) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        try {
          nodes.add(JSON.readTree(lines.get(i)));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
          if (i < lines.size() - 1) {
            throw new IOException(file + ":" + (i + 1) + ": " + e.getOriginalMessage(), e);
          }
        }
      }
    }
    return nodes;
  }

  private static Optional<Table> table(Path file) throws IOException {
    return Files.exists(file) ? Optional.of(Table.read(file)) : Optional.empty();
  }

  private static Optional<JsonNode> json(Path file) throws IOException {
    return Files.exists(file) ? Optional.of(JSON.readTree(file.toFile())) : Optional.empty();
  }
}
