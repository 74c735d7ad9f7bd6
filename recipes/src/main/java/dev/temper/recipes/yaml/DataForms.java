package dev.temper.recipes.yaml;

import dev.temper.recipes.DataSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The forms in which a recipe writes where rows come from. */
final class DataForms {

  private static final String MIXTURE = "mixture";
  private static final String SOURCE = "source";

  /** Keys of a part that stand beside those of its source in the short form. */
  private static final Set<String> OF_A_PART = Set.of("weight", "cap");

  /** By the key that tells the form. */
  private static final Map<String, Class<? extends DataSource>> BY_KEY =
      Map.of(
          "synthetic",
          DataSource.Synthetic.class,
          "file",
          DataSource.File.class,
          MIXTURE,
          DataSource.Mixture.class);

  private DataForms() {}

  /** What a map stands for; empty unless it has exactly one of the keys that tell. */
  static Optional<Class<? extends DataSource>> type(YamlNode.Mapping map) {
    List<String> told = map.keys().stream().filter(BY_KEY::containsKey).toList();
    return told.size() == 1 ? Optional.of(BY_KEY.get(told.get(0))) : Optional.empty();
  }

  /** A list of sources is a mixture, and a part that is a source alone is written out. */
  static YamlNode mapping(YamlNode node) {
    if (node instanceof YamlNode.Items items) {
      YamlNode.Entry parts = new YamlNode.Entry(node.location(), parts(items));
      return YamlNode.Mapping.empty(node.location()).with(MIXTURE, parts);
    }
    if (node instanceof YamlNode.Mapping map
        && map.get(MIXTURE).orElse(node) instanceof YamlNode.Items items) {
      return map.with(MIXTURE, new YamlNode.Entry(items.location(), parts(items)));
    }
    return node;
  }

  private static YamlNode.Items parts(YamlNode.Items items) {
    return new YamlNode.Items(
        items.items().stream().map(DataForms::part).toList(), items.location());
  }

  private static YamlNode part(YamlNode item) {
    if (item instanceof YamlNode.Mapping map && map.get(SOURCE).isPresent()) {
      return map;
    }
    Map<String, YamlNode.Entry> part = new LinkedHashMap<>();
    YamlNode source = item;
    if (item instanceof YamlNode.Mapping map) {
      Map<String, YamlNode.Entry> rest = new LinkedHashMap<>(map.entries());
      rest.keySet().removeAll(OF_A_PART);
      part.putAll(map.entries());
      part.keySet().retainAll(OF_A_PART);
      source = new YamlNode.Mapping(rest, map.location());
    }
    part.put(SOURCE, new YamlNode.Entry(item.location(), source));
    return new YamlNode.Mapping(part, item.location());
  }
}
