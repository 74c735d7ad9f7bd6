package dev.temper.trainers.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/** What Python calls the type of a value. */
final class TypeName {

  private TypeName() {}

  static String of(Object value) {
    if (value instanceof String) {
      return "str";
    }
    if (value instanceof Long || value instanceof BigInteger) {
      return "int";
    }
    if (value instanceof Double) {
      return "float";
    }
    if (value instanceof Boolean) {
      return "bool";
    }
    if (value instanceof List) {
      return "list";
    }
    if (value instanceof Map) {
      return "dict";
    }
    if (value instanceof Function) {
      return "function";
    }
    return value == None.NONE
        ? "None"
        : value.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }
}
