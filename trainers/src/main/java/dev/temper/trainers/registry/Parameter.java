package dev.temper.trainers.registry;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One parameter of a method.
 *
 * @param name as recipes write it
 * @param defaultValue used where a recipe says nothing
 * @param rule what a value must be, to follow "must be"
 * @param read the value in its declared type, or empty where it breaks the rule
 */
public record Parameter(
    String name, Object defaultValue, String rule, Function<Object, Optional<Object>> read) {

  /** Any finite number. */
  public static Parameter number(String name, double defaultValue) {
    return number(name, defaultValue, -Double.MAX_VALUE, Double.MAX_VALUE, "a number");
  }

  /** A finite number of at least {@code least}. */
  public static Parameter atLeast(String name, double defaultValue, double least) {
    return number(name, defaultValue, least, Double.MAX_VALUE, "a number, at least " + least);
  }

  /** A number from {@code least} to {@code most}, both included. */
  public static Parameter between(String name, double defaultValue, double least, double most) {
    return number(name, defaultValue, least, most, "a number from %s to %s".formatted(least, most));
  }

  /** A whole number from {@code least} to {@code most}, both included. */
  public static Parameter whole(String name, int defaultValue, int least, int most) {
    return new Parameter(
        name,
        defaultValue,
        "a whole number from %d to %d".formatted(least, most),
        value ->
            finite(value)
                .filter(number -> number == Math.rint(number) && number >= least && number <= most)
                .map(Double::intValue));
  }

  /** One of a closed list of names. */
  public static Parameter choice(String name, String defaultValue, List<String> known) {
    return new Parameter(
        name, defaultValue, "one of " + known, value -> Optional.of(value).filter(known::contains));
  }

  /** True or false. */
  public static Parameter flag(String name, boolean defaultValue) {
    return new Parameter(
        name,
        defaultValue,
        "true or false",
        value -> Optional.of(value).filter(Boolean.class::isInstance));
  }

  /**
   * Text of some form.
   *
   * @param rule what it must be, to follow "must be"
   */
  public static Parameter text(
      String name, String defaultValue, String rule, Predicate<String> holds) {
    return new Parameter(
        name,
        defaultValue,
        rule,
        value -> Optional.of(value).filter(text -> text instanceof String s && holds.test(s)));
  }

  private static Parameter number(
      String name, double defaultValue, double least, double most, String rule) {
    return new Parameter(
        name,
        defaultValue,
        rule,
        value -> finite(value).filter(number -> number >= least && number <= most).map(n -> n));
  }

  private static Optional<Double> finite(Object value) {
    return value instanceof Number number && Double.isFinite(number.doubleValue())
        // Adding 0 turns -0.0 into 0.0: equal parameters must have equal keys.
        ? Optional.of(number.doubleValue() + 0.0)
        : Optional.empty();
  }
}
