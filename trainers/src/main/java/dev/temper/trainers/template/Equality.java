package dev.temper.trainers.template;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** How Python compares values. */
final class Equality {

  private Equality() {}

  static boolean equal(Object a, Object b, Budget budget) {
    budget.step();
    if (number(a) && number(b)) {
      return compareNumbers(a, b) == 0;
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return equalItems(x, y, budget);
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return equalItems(x.items(), y.items(), budget);
    }
    if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
      return x.size() == y.size()
          && x.entrySet().stream()
              .allMatch(
                  entry ->
                      y.containsKey(entry.getKey())
                          && equal(entry.getValue(), y.get(entry.getKey()), budget));
    }
    return (a instanceof Undefined && b instanceof Undefined) || a.equals(b);
  }

  private static boolean equalItems(List<?> a, List<?> b, Budget budget) {
    if (a.size() != b.size()) {
      return false;
    }
    Iterator<?> others = b.iterator();
    return a.stream().allMatch(item -> equal(item, others.next(), budget));
  }

  /** Negative, zero or positive. */
  static int order(Object a, Object b, Budget budget) {
    return tryOrder(a, b, budget)
        .orElseThrow(
            () ->
                a instanceof Undefined undefined
                    ? undefined.error()
                    : b instanceof Undefined other
                        ? other.error()
                        : TemplateException.value(
                            "'%s' and '%s' cannot be ordered"
                                .formatted(TypeName.of(a), TypeName.of(b))));
  }

  private static OptionalInt tryOrder(Object a, Object b, Budget budget) {
    budget.step();
    if (number(a) && number(b)) {
      return OptionalInt.of(compareNumbers(a, b));
    }
    if (a instanceof String x && b instanceof String y) {
      return OptionalInt.of(comparePoints(x, y));
    }
    if (a instanceof List<?> x && b instanceof List<?> y) {
      return OptionalInt.of(orderItems(x, y, budget));
    }
    if (a instanceof Tuple x && b instanceof Tuple y) {
      return OptionalInt.of(orderItems(x.items(), y.items(), budget));
    }
    return OptionalInt.empty();
  }

  private static int orderItems(List<?> a, List<?> b, Budget budget) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      if (!equal(a.get(i), b.get(i), budget)) {
        return order(a.get(i), b.get(i), budget);
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /** By code point; Java's own order is by UTF-16 unit. */
  private static int comparePoints(String a, String b) {
    int[] x = a.codePoints().toArray();
    int[] y = b.codePoints().toArray();
    return java.util.Arrays.compare(x, y);
  }

  static boolean contains(Object container, Object item, Budget budget) {
    if (container instanceof String text) {
      if (item instanceof String part) {
        return text.contains(part);
      }
      throw item instanceof Undefined undefined
          ? undefined.error()
          : TemplateException.value(
              "'in' needs text on its left where text is on its right, got "
                  + PythonText.shown(item));
    }
    if (container instanceof Map<?, ?> map) {
      Keys.require(item);
      return map.containsKey(item);
    }
    return Items.of(container).stream().anyMatch(member -> equal(member, item, budget));
  }

  static boolean number(Object value) {
    return value instanceof Long
        || value instanceof Double
        || value instanceof Boolean
        || value instanceof BigInteger;
  }

  private static int compareNumbers(Object a, Object b) {
    if (a instanceof Double || b instanceof Double) {
      return Double.compare(toDouble(a) + 0.0, toDouble(b) + 0.0);
    }
    return decimal(a).compareTo(decimal(b));
  }

  static double toDouble(Object number) {
    return number instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) number).doubleValue();
  }

  private static BigDecimal decimal(Object number) {
    return number instanceof Boolean truth
        ? (truth ? BigDecimal.ONE : BigDecimal.ZERO)
        : new BigDecimal(number.toString());
  }
}
