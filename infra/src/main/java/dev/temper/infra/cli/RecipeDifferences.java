package dev.temper.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Says where two resolved recipes differ. */
final class RecipeDifferences {

  private static final int SHOWN = 10;

  private RecipeDifferences() {}

  /** {@code stages.rl.kl.beta: 0.0 -> 0.1}, one line each, the first ten. */
  static List<String> of(String before, String after) {
    YAMLMapper yaml = new YAMLMapper();
    List<String> found = new ArrayList<>();
    try {
      compare("", yaml.readTree(before), yaml.readTree(after), found);
    } catch (JsonProcessingException e) {
      found.add("the recipe of the run cannot be read: " + e.getOriginalMessage());
    }
    if (found.size() > SHOWN) {
      int more = found.size() - SHOWN;
      found.subList(SHOWN, found.size()).clear();
      found.add("and %d more".formatted(more));
    }
    return found;
  }

  private static void compare(String path, JsonNode before, JsonNode after, List<String> found) {
    if (before.isObject() && after.isObject()) {
      TreeSet<String> names = new TreeSet<>();
      before.fieldNames().forEachRemaining(names::add);
      after.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        compare(
            path.isEmpty() ? name : path + "." + name, before.path(name), after.path(name), found);
      }
    } else if (!before.equals(after)) {
      found.add("%s: %s -> %s".formatted(path, shown(before), shown(after)));
    }
  }

  private static String shown(JsonNode node) {
    if (node.isMissingNode()) {
      return "(absent)";
    }
    String text = node.toString();
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
