package dev.temper.trainers.template;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What stands after {@code is}. */
final class Tests {

  private static final Map<String, String> COMPARISONS =
      Map.ofEntries(
          Map.entry("eq", "=="),
          Map.entry("equalto", "=="),
          Map.entry("==", "=="),
          Map.entry("ne", "!="),
          Map.entry("!=", "!="),
          Map.entry("lt", "<"),
          Map.entry("lessthan", "<"),
          Map.entry("<", "<"),
          Map.entry("le", "<="),
          Map.entry("<=", "<="),
          Map.entry("gt", ">"),
          Map.entry("greaterthan", ">"),
          Map.entry(">", ">"),
          Map.entry("ge", ">="),
          Map.entry(">=", ">="),
          Map.entry("in", "in"));
  private static final Set<String> NAMES =
      Set.of(
          "defined",
          "undefined",
          "none",
          "string",
          "mapping",
          "sequence",
          "iterable",
          "number",
          "integer",
          "float",
          "boolean",
          "true",
          "false",
          "callable",
          "odd",
          "even",
          "lower",
          "upper",
          "divisibleby",
          "sameas",
          "filter",
          "test");

  private Tests() {}

  static Set<String> names() {
    Set<String> names = new TreeSet<>(NAMES);
    names.addAll(COMPARISONS.keySet());
    return names;
  }

  static boolean holds(String test, Object value, Arguments arguments, Frame frame) {
    if (COMPARISONS.containsKey(test)) {
      Object other = arguments.required(0, "other");
      frame.budget().step();
      return new Operand(COMPARISONS.get(test), new Expression.Constant(other))
          .holds(value, other, frame.budget());
    }
    return switch (test) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Map;
      case "sequence" -> Items.iterable(value) && !(value instanceof Generator);
      case "iterable" -> Items.iterable(value);
      case "number" -> Equality.number(value);
      case "integer" -> value instanceof Long || value instanceof BigInteger;
      case "float" -> value instanceof Double;
      case "boolean" -> value instanceof Boolean;
      case "true" -> Boolean.TRUE.equals(value);
      case "false" -> Boolean.FALSE.equals(value);
      case "callable" -> value instanceof Function;
      case "odd" -> Equality.equal(remainder(value, 2L, frame), 1L, frame.budget());
      case "even" -> Equality.equal(remainder(value, 2L, frame), 0L, frame.budget());
      case "divisibleby" ->
          Equality.equal(remainder(value, arguments.required(0, "num"), frame), 0L, frame.budget());
      case "lower" -> Case.isLower(PythonText.of(value));
      case "upper" -> Case.isUpper(PythonText.of(value));
      case "sameas" -> value == arguments.required(0, "other") || same(value, arguments);
      case "filter" -> Filters.names().contains(value);
      case "test" -> names().contains(value);
      default -> throw TemplateException.value(unknown("test", test, List.copyOf(names())));
    };
  }

  private static boolean same(Object value, Arguments arguments) {
    Object other = arguments.required(0, "other");
    return (value instanceof Boolean || value instanceof Long || value instanceof String)
        && value.equals(other);
  }

  private static Object remainder(Object value, Object by, Frame frame) {
    return Arithmetic.apply("%", value, by, frame);
  }

  static String unknown(String what, String name, List<String> known) {
    return "no %s named '%s'; there are %s".formatted(what, name, known);
  }
}
