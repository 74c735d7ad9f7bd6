package dev.temper.trainers.template;

import java.util.HashMap;
import java.util.Map;

/** Names and what they stand for, inside the names around them. */
final class Scope {

  private final Scope around;
  private final Map<String, Object> values;

  private Scope(Scope around, Map<String, Object> values) {
    this.around = around;
    this.values = values;
  }

  static Scope of(Map<String, Object> values) {
    return new Scope(null, new HashMap<>(values));
  }

  Scope inner() {
    return new Scope(this, new HashMap<>());
  }

  void set(String name, Object value) {
    values.put(name, value);
  }

  Object get(String name) {
    for (Scope scope = this; scope != null; scope = scope.around) {
      Object value = scope.values.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.name(name);
  }
}
