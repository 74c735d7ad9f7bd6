package dev.temper.recipes.yaml;

import java.util.Map;
import java.util.Optional;

/** Lays one YAML map over another. */
final class TreeMerge {

  private TreeMerge() {}

  /**
   * Maps are merged key by key, all else is replaced. A map that names another {@code kind} or
   * {@code name} (below the root) is something else and replaces the whole.
   */
  static YamlNode over(YamlNode base, YamlNode top) {
    return base instanceof YamlNode.Mapping below && top instanceof YamlNode.Mapping above
        ? merged(below, above)
        : top;
  }

  private static YamlNode.Mapping merged(YamlNode.Mapping below, YamlNode.Mapping above) {
    YamlNode.Mapping result = new YamlNode.Mapping(below.entries(), above.location());
    for (Map.Entry<String, YamlNode.Entry> entry : above.entries().entrySet()) {
      YamlNode value = entry.getValue().value();
      YamlNode merged = below.get(entry.getKey()).map(old -> below(old, value)).orElse(value);
      result = result.with(entry.getKey(), new YamlNode.Entry(entry.getValue().key(), merged));
    }
    return result;
  }

  private static YamlNode below(YamlNode old, YamlNode value) {
    return differs("kind", old, value) || differs("name", old, value) ? value : over(old, value);
  }

  private static boolean differs(String key, YamlNode old, YamlNode value) {
    Optional<String> before = text(key, old);
    Optional<String> after = text(key, value);
    return before.isPresent() && after.isPresent() && !before.equals(after);
  }

  private static Optional<String> text(String key, YamlNode node) {
    return node instanceof YamlNode.Mapping mapping ? mapping.text(key) : Optional.empty();
  }
}
