package dev.temper.recipes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/** The data files that a recipe reads, wherever in its specs they stand. */
public final class DataFiles {

  private static final Set<String> KEYS = Set.of("file", "sha256", "limit");

  private DataFiles() {}

  /** Paths as written, each once. */
  public static Set<String> of(Recipe recipe) {
    Set<String> paths = new LinkedHashSet<>();
    visit(RecipeJson.mapper().valueToTree(recipe), file -> paths.add(file.get("file").asText()));
    return paths;
  }

  /** SHA-256 by path as written, of a recipe that has been {@link #pinned}. */
  public static Map<String, String> hashes(Recipe recipe) {
    Map<String, String> hashes = new LinkedHashMap<>();
    visit(
        RecipeJson.mapper().valueToTree(recipe),
        file -> hashes.put(file.get("file").asText(), file.get("sha256").asText()));
    return hashes;
  }

  /**
   * The recipe with the SHA-256 of every data file in it, as keys need it.
   *
   * @param sha256 of the file at a path as written, 64 hexadecimal digits
   */
  public static Recipe pinned(Recipe recipe, UnaryOperator<String> sha256) {
    ObjectMapper mapper = RecipeJson.mapper();
    JsonNode tree = mapper.valueToTree(recipe);
    visit(tree, file -> file.put("sha256", sha256.apply(file.get("file").asText())));
    try {
      return mapper.treeToValue(tree, Recipe.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a recipe must read back from its own JSON", e);
    }
  }

  private static void visit(JsonNode node, java.util.function.Consumer<ObjectNode> action) {
    if (node instanceof ObjectNode object && isFile(object)) {
      action.accept(object);
    }
    node.forEach(child -> visit(child, action));
  }

  private static boolean isFile(ObjectNode node) {
    Set<String> names = new LinkedHashSet<>();
    node.fieldNames().forEachRemaining(names::add);
    return names.equals(KEYS);
  }
}
