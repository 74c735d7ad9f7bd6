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

  /**
   * What is known of a data file.
   *
   * @param file path or location
   * @param sha256 of its bytes; empty while it is not known
   */
  public record Pin(String file, String sha256) {}

  /** Paths with the SHA-256 that the recipe says, as written, each once. */
  public static Set<Pin> of(Recipe recipe) {
    Set<Pin> files = new LinkedHashSet<>();
    visit(RecipeJson.mapper().valueToTree(recipe), file -> files.add(pin(file)));
    return files;
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
   * @param pin what is to stand for a file as written: the SHA-256, 64 hexadecimal digits, and a
   *     location that will always have these bytes, where there is one
   */
  public static Recipe pinned(Recipe recipe, UnaryOperator<Pin> pin) {
    ObjectMapper mapper = RecipeJson.mapper();
    JsonNode tree = mapper.valueToTree(recipe);
    visit(
        tree,
        file -> {
          Pin found = pin.apply(pin(file));
          file.put("file", found.file()).put("sha256", found.sha256());
        });
    try {
      return mapper.treeToValue(tree, Recipe.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a recipe must read back from its own JSON", e);
    }
  }

  private static Pin pin(ObjectNode file) {
    return new Pin(file.get("file").asText(), file.get("sha256").asText());
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
    return names.containsAll(KEYS);
  }
}
