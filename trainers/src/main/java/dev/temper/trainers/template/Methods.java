package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Methods of lists and dicts; those that change one are refused, as in Jinja's sandbox. */
final class Methods {

  private static final Set<String> CHANGING =
      Set.of(
          "append",
          "extend",
          "insert",
          "pop",
          "remove",
          "reverse",
          "sort",
          "clear",
          "update",
          "setdefault",
          "popitem");

  private Methods() {}

  static Optional<Function> of(Object target, String name) {
    if (target instanceof String text) {
      return TextMethods.of(text, name);
    }
    if (target instanceof Map<?, ?> map) {
      return ofMap(map, name).or(() -> changing(target, name));
    }
    if (target instanceof List<?> || target instanceof Tuple) {
      return ofList(Items.of(target), name)
          .or(() -> target instanceof List ? changing(target, name) : Optional.empty());
    }
    return Optional.empty();
  }

  private static Optional<Function> ofMap(Map<?, ?> map, String name) {
    return Optional.ofNullable(
        switch (name) {
          case "get" ->
              (arguments, frame) -> {
                arguments.allow("get", "key", "default");
                Object found = map.get(Keys.require(arguments.required(0, "key")));
                return found != null ? found : arguments.get(1, "default").orElse(None.NONE);
              };
          case "items" -> (arguments, frame) -> entries(map);
          case "keys" -> (arguments, frame) -> new ArrayList<Object>(map.keySet());
          case "values" -> (arguments, frame) -> new ArrayList<Object>(map.values());
          case "copy" -> (arguments, frame) -> new LinkedHashMap<Object, Object>(map);
          default -> null;
        });
  }

  static List<Object> entries(Map<?, ?> map) {
    List<Object> entries = new ArrayList<>(map.size());
    map.forEach((key, value) -> entries.add(Tuple.of(key, value)));
    return entries;
  }

  private static Optional<Function> ofList(List<Object> items, String name) {
    return Optional.ofNullable(
        switch (name) {
          case "index" ->
              (arguments, frame) -> {
                Object wanted = arguments.required(0, "value");
                for (int i = 0; i < items.size(); i++) {
                  if (Equality.equal(items.get(i), wanted, frame.budget())) {
                    return (long) i;
                  }
                }
                throw TemplateException.value(PythonText.shown(wanted) + " is not in the list");
              };
          case "count" ->
              (arguments, frame) ->
                  items.stream()
                      .filter(
                          item ->
                              Equality.equal(item, arguments.required(0, "value"), frame.budget()))
                      .count();
          case "copy" -> (arguments, frame) -> new ArrayList<>(items);
          default -> null;
        });
  }

  private static Optional<Function> changing(Object target, String name) {
    return CHANGING.contains(name)
        ? Optional.of(
            (arguments, frame) -> {
              throw TemplateException.value(
                  "'%s' would change a %s, which templates cannot"
                      .formatted(name, TypeName.of(target)));
            })
        : Optional.empty();
  }
}
