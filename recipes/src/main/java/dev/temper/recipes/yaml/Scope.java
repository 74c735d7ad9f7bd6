package dev.temper.recipes.yaml;

import java.util.Optional;

/**
 * What surrounds a value.
 *
 * @param root the whole recipe
 * @param stage name of the stage that is read
 */
record Scope(YamlNode.Mapping root, long recipeSeed, String stage) {

  Scope in(String name) {
    return new Scope(root, recipeSeed, name);
  }

  /** Another stage of the recipe, as written. */
  Optional<YamlNode.Mapping> stage(String name) {
    return root.get("stages")
        .flatMap(stages -> child(stages, name))
        .flatMap(
            node -> node instanceof YamlNode.Mapping map ? Optional.of(map) : Optional.empty());
  }

  private static Optional<YamlNode> child(YamlNode node, String key) {
    return node instanceof YamlNode.Mapping map ? map.get(key) : Optional.empty();
  }
}
