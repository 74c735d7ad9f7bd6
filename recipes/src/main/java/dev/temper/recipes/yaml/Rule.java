package dev.temper.recipes.yaml;

import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a single value must be.
 *
 * @param words completes "must be ..."
 * @param schema the same as JSON Schema keywords
 */
record Rule(String words, Predicate<Object> holds, Map<String, Object> schema) {

  static Rule atLeast(long least) {
    return new Rule("at least " + least, value -> number(value) >= least, Map.of("minimum", least));
  }

  static Rule positive() {
    return new Rule("above 0", value -> number(value) > 0, Map.of("exclusiveMinimum", 0));
  }

  /** From {@code low} on, below {@code high}. */
  static Rule inHalfOpen(long low, long high) {
    return new Rule(
        "in [%d, %d)".formatted(low, high),
        value -> number(value) >= low && number(value) < high,
        Map.of("minimum", low, "exclusiveMaximum", high));
  }

  /** Above {@code low}, up to {@code high}. */
  static Rule inUpperClosed(long low, long high) {
    return new Rule(
        "in (%d, %d]".formatted(low, high),
        value -> number(value) > low && number(value) <= high,
        Map.of("exclusiveMinimum", low, "maximum", high));
  }

  /** Above {@code low}, below {@code high}. */
  static Rule inOpen(long low, long high) {
    return new Rule(
        "in (%d, %d)".formatted(low, high),
        value -> number(value) > low && number(value) < high,
        Map.of("exclusiveMinimum", low, "exclusiveMaximum", high));
  }

  static Rule inClosed(long low, long high) {
    return new Rule(
        "in [%d, %d]".formatted(low, high),
        value -> number(value) >= low && number(value) <= high,
        Map.of("minimum", low, "maximum", high));
  }

  static Rule oneOf(String... known) {
    List<String> names = List.of(known);
    return new Rule("one of " + names, names::contains, Map.of("enum", names));
  }

  static Rule matching(String pattern, String words) {
    Pattern compiled = Pattern.compile(pattern);
    return new Rule(
        words,
        value -> compiled.matcher((String) value).matches(),
        Map.of("pattern", "^(?:" + pattern + ")$"));
  }

  /** The words that are allowed, where the rule is a list of them. */
  List<?> known() {
    return schema.get("enum") instanceof List<?> names ? names : List.of();
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }
}
