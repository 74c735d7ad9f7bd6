package dev.temper.recipes.yaml;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A YAML value that knows where it stands. */
sealed interface YamlNode {

  Location location();

  /** As it is shown in messages. */
  String shown();

  /**
   * A text, number, boolean or null; which one is decided by what is asked for.
   *
   * @param quoted whether it was written in quotes or as a block, and therefore is a text
   */
  record Scalar(String text, boolean quoted, Location location) implements YamlNode {

    boolean isNull() {
      return !quoted && (text.isEmpty() || text.equals("~") || text.equals("null"));
    }

    @Override
    public String shown() {
      return isNull() ? "nothing" : quoted ? "'" + text + "'" : text;
    }
  }

  /** A list. */
  record Items(List<YamlNode> items, Location location) implements YamlNode {
    public Items {
      items = List.copyOf(items);
    }

    @Override
    public String shown() {
      return "a list of %d".formatted(items.size());
    }
  }

  /** A map in the order of the file. */
  record Mapping(Map<String, Entry> entries, Location location) implements YamlNode {
    public Mapping {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    static Mapping empty(Location location) {
      return new Mapping(Map.of(), location);
    }

    Optional<YamlNode> get(String key) {
      return Optional.ofNullable(entries.get(key)).map(Entry::value);
    }

    Optional<String> text(String key) {
      return get(key)
          .filter(Scalar.class::isInstance)
          .map(Scalar.class::cast)
          .filter(scalar -> !scalar.isNull())
          .map(Scalar::text);
    }

    Mapping with(String key, Entry entry) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.put(key, entry);
      return new Mapping(changed, location);
    }

    Mapping without(String key) {
      Map<String, Entry> changed = new LinkedHashMap<>(entries);
      changed.remove(key);
      return new Mapping(changed, location);
    }

    List<String> keys() {
      return new ArrayList<>(entries.keySet());
    }

    @Override
    public String shown() {
      return "a map with keys %s".formatted(keys());
    }
  }

  /** A value and where its key stands. */
  record Entry(Location key, YamlNode value) {}
}
