package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.activities.Sha256;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.Stage;
import java.util.LinkedHashMap;
import java.util.Map;

/** The rows that a stage reads, as MLflow's dataset inputs. */
final class Datasets {

  private static final ObjectMapper JSON = RecipeJson.mapper();
  private static final int DIGEST_LENGTH = 32;

  private Datasets() {}

  /** Body of log-inputs, without the run's id; no datasets if the stage reads artifacts only. */
  static ArrayNode of(Stage stage) {
    Map<String, ObjectNode> found = new LinkedHashMap<>();
    collect("", JSON.valueToTree(stage.spec()), found);
    ArrayNode datasets = JSON.createArrayNode();
    found.values().forEach(datasets::add);
    return datasets;
  }

  private static void collect(String use, JsonNode node, Map<String, ObjectNode> into) {
    if (node.has("synthetic")) {
      add(use, node.get("synthetic").asText(), Sha256.of(node.toString()), "temper", node, into);
    } else if (node.has("file") && node.has("sha256")) {
      String name = node.get("file").asText();
      add(use, name, node.get("sha256").asText(), "local", node, into);
    } else {
      node.properties()
          .forEach(
              field ->
                  collect(
                      use.isEmpty() ? field.getKey() : use + "/" + field.getKey(),
                      field.getValue(),
                      into));
      for (int i = 0; node.isArray() && i < node.size(); i++) {
        collect(use + "/" + i, node.get(i), into);
      }
    }
  }

  private static void add(
      String use,
      String name,
      String hash,
      String type,
      JsonNode source,
      Map<String, ObjectNode> into) {
    String digest = hash.substring(0, Math.min(DIGEST_LENGTH, hash.length()));
    ObjectNode input = JSON.createObjectNode();
    input.putArray("tags").addObject().put("key", "mlflow.data.context").put("value", use);
    input
        .putObject("dataset")
        .put("name", name)
        .put("digest", digest)
        .put("source_type", type)
        .put("source", source.toString());
    into.putIfAbsent(name + " " + digest, input);
  }
}
