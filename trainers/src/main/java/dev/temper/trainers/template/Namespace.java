package dev.temper.trainers.template;

import java.util.LinkedHashMap;
import java.util.Map;

/** The one value of a template that can be changed: {@code {% set ns.name = value %}}. */
final class Namespace {

  private final Map<String, Object> values = new LinkedHashMap<>();

  void put(String name, Object value) {
    if (name.startsWith("_")) {
      throw TemplateException.value(
          "a namespace cannot hold a name that starts with an underscore, got '" + name + "'");
    }
    values.put(name, value);
  }

  Object get(String name) {
    return values.containsKey(name) ? values.get(name) : Undefined.attribute(this, name);
  }
}
