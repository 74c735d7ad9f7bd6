package dev.temper.trainers.template;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The arguments of a call. */
record Arguments(List<Object> positional, Map<String, Object> named) {

  static final Arguments NONE = new Arguments(List.of(), Map.of());

  int count() {
    return positional.size();
  }

  /** Refuses what the parameters cannot take; names are in order. */
  Arguments allow(String function, String... parameters) {
    Set<String> unknown = new LinkedHashSet<>(named.keySet());
    unknown.removeAll(List.of(parameters));
    if (positional.size() > parameters.length || !unknown.isEmpty()) {
      throw TemplateException.value(
          "%s takes %s, got %d arguments%s"
              .formatted(
                  function,
                  parameters.length == 0 ? "no arguments" : List.of(parameters),
                  positional.size(),
                  unknown.isEmpty() ? "" : " and " + unknown));
    }
    return this;
  }

  Optional<Object> get(int index, String name) {
    if (index < positional.size()) {
      return Optional.of(positional.get(index));
    }
    return Optional.ofNullable(named.get(name));
  }

  Object required(int index, String name) {
    return get(index, name)
        .orElseThrow(() -> TemplateException.value("argument '" + name + "' is missing"));
  }

  boolean truth(int index, String name, boolean otherwise) {
    return get(index, name).map(Truth::of).orElse(otherwise);
  }

  String text(int index, String name) {
    return text(required(index, name), name);
  }

  Optional<String> optionalText(int index, String name) {
    return get(index, name).filter(value -> value != None.NONE).map(value -> text(value, name));
  }

  int whole(int index, String name, int otherwise) {
    Object value = get(index, name).orElse((long) otherwise);
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    if (value instanceof Long number && number == number.intValue()) {
      return number.intValue();
    }
    throw TemplateException.value(
        "argument '%s' must be a whole number, got %s".formatted(name, PythonText.shown(value)));
  }

  Arguments from(int index) {
    return new Arguments(positional.subList(index, positional.size()), named);
  }

  private static String text(Object value, String name) {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    throw TemplateException.value(
        "argument '%s' must be text, got %s".formatted(name, PythonText.shown(value)));
  }
}
