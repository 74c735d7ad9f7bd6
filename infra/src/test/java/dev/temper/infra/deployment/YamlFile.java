package dev.temper.infra.deployment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** A YAML file of this folder, and ways through what it says. */
record YamlFile(Path path, List<Map<String, Object>> documents) {

  static YamlFile read(Path path) throws IOException {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    List<Map<String, Object>> documents = new ArrayList<>();
    new Yaml(new SafeConstructor(strict))
        .loadAll(Files.readString(path))
        .forEach(document -> documents.add(map(document)));
    return new YamlFile(path, documents);
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  @SuppressWarnings("unchecked")
  static List<Object> list(Object value) {
    return (List<Object>) value;
  }

  /** What lies at a path of keys; a number is a place in a list. */
  static Object at(Object from, Object... keys) {
    Object found = from;
    for (Object key : keys) {
      found = key instanceof Integer place ? list(found).get(place) : map(found).get(key);
    }
    return found;
  }

  /** A version that infra/servers/install.sh pins. */
  static String pinned(String name) throws IOException {
    Matcher line =
        Pattern.compile("(?m)^" + name + "=(\\S+)")
            .matcher(Files.readString(Path.of("servers/install.sh")));
    if (!line.find()) {
      throw new IllegalStateException("infra/servers/install.sh pins no " + name);
    }
    return line.group(1);
  }
}
