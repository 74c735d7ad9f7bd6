package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageKinds;
import java.util.Map;
import java.util.TreeMap;

/**
 * Specs as MLflow's flat parameters: {@code optimizer/learningRate}. Lists of plain values stay one
 * parameter, other lists are numbered, an input is the text that the recipe has.
 */
final class Parameters {

  static final int LONGEST = 6000;

  private static final ObjectMapper JSON = RecipeJson.mapper();
  private static final String INPUT = "$input";
  private static final String CUT = " … (cut by temper, %d characters)";

  private Parameters() {}

  /** Those of the recipe as a whole: its seed, and every stage's under the stage's name. */
  static Map<String, String> of(Recipe recipe) {
    Map<String, String> all = new TreeMap<>();
    all.put("seed", Long.toString(recipe.seed()));
    for (Stage stage : recipe.stages()) {
      of(stage).forEach((name, value) -> all.put(Keys.of(stage.name() + "/" + name), value));
    }
    return all;
  }

  /** Those of one stage. */
  static Map<String, String> of(Stage stage) {
    Map<String, String> all = new TreeMap<>();
    all.put("kind", StageKinds.of(stage.spec()));
    flatten("", JSON.valueToTree(stage.spec()), all);
    stage.gate().ifPresent(gate -> flatten("gate", JSON.valueToTree(gate), all));
    return all;
  }

  private static void flatten(String name, JsonNode node, Map<String, String> into) {
    if (node.isObject() && node.size() == 1 && node.has(INPUT)) {
      put(name, node.get(INPUT).asText(), into);
    } else if (node.isObject() && !node.isEmpty()) {
      node.properties()
          .forEach(field -> flatten(below(name, field.getKey()), field.getValue(), into));
    } else if (node.isArray() && has(node, JsonNode::isContainerNode)) {
      for (int i = 0; i < node.size(); i++) {
        flatten(below(name, Integer.toString(i)), node.get(i), into);
      }
    } else {
      put(name, node.isValueNode() ? node.asText() : node.toString(), into);
    }
  }

  private static boolean has(JsonNode list, java.util.function.Predicate<JsonNode> like) {
    for (JsonNode element : list) {
      if (like.test(element)) {
        return true;
      }
    }
    return false;
  }

  private static String below(String name, String part) {
    return name.isEmpty() ? part : name + "/" + part;
  }

  private static void put(String name, String value, Map<String, String> into) {
    into.put(Keys.of(name), cut(value));
  }

  /** At most as long as MLflow takes, and then it says so. */
  static String cut(String value) {
    if (value.length() <= LONGEST) {
      return value;
    }
    String mark = CUT.formatted(value.length());
    return value.substring(0, LONGEST - mark.length()) + mark;
  }
}
