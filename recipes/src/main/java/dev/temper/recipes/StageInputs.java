package dev.temper.recipes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashSet;
import java.util.Set;

/** The inputs of a stage, wherever in its spec they stand. */
public final class StageInputs {

  private StageInputs() {}

  /** Every input of a spec, each once, in the order of its components. */
  public static Set<Input> of(StageSpec spec) {
    Set<Input> found = new LinkedHashSet<>();
    collect(RecipeJson.mapper().valueToTree(spec), found);
    return found;
  }

  private static void collect(JsonNode node, Set<Input> found) {
    if (node.isObject() && node.path(RecipeJson.INPUT).isTextual()) {
      found.add(Input.parse(node.get(RecipeJson.INPUT).textValue()));
    }
    node.forEach(child -> collect(child, found));
  }
}
