package dev.temper.trainers.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Operators between values. */
final class Arithmetic {

  private Arithmetic() {}

  /** A sign. */
  static Object apply(String sign, Object value) {
    boolean minus = sign.equals("-");
    if (value instanceof Double number) {
      return minus ? -number : number;
    }
    if (value instanceof Long || value instanceof Boolean) {
      return minus ? exact("-", 0L, whole(value)) : whole(value);
    }
    throw unsupported(sign, value, value);
  }

  static Object apply(String operator, Object left, Object right, Frame frame) {
    if (left instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (right instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (operator.equals("+") && left instanceof String a && right instanceof String b) {
      frame.budget().allocate((long) a.length() + b.length());
      return a + b;
    }
    if (operator.equals("+") && left instanceof List<?> a && right instanceof List<?> b) {
      return joined(a, b, frame);
    }
    if (operator.equals("+") && left instanceof Tuple a && right instanceof Tuple b) {
      return new Tuple(joined(a.items(), b.items(), frame));
    }
    if (operator.equals("*") && repeatable(left) && right instanceof Boolean truth) {
      return repeated(left, whole(truth), frame);
    }
    if (operator.equals("*") && left instanceof Boolean truth && repeatable(right)) {
      return repeated(right, whole(truth), frame);
    }
    if (operator.equals("*") && repeatable(left) && right instanceof Long times) {
      return repeated(left, times, frame);
    }
    if (operator.equals("*") && repeatable(right) && left instanceof Long times) {
      return repeated(right, times, frame);
    }
    if (operator.equals("%") && left instanceof String format) {
      return Formatting.percent(format, right, frame);
    }
    if (!Equality.number(left)
        || !Equality.number(right)
        || left instanceof BigInteger
        || right instanceof BigInteger) {
      throw unsupported(operator, left, right);
    }
    boolean real = left instanceof Double || right instanceof Double || operator.equals("/");
    return real
        ? real(operator, Equality.toDouble(left), Equality.toDouble(right))
        : exact(operator, whole(left), whole(right));
  }

  private static List<Object> joined(List<?> a, List<?> b, Frame frame) {
    frame.budget().allocate((long) a.size() + b.size());
    List<Object> joined = new ArrayList<>(a);
    joined.addAll(b);
    return joined;
  }

  private static boolean repeatable(Object value) {
    return value instanceof String || value instanceof List;
  }

  private static Object repeated(Object value, long times, Frame frame) {
    long count = Math.max(0, times);
    long size = value instanceof String text ? text.length() : ((List<?>) value).size();
    if (size > 0 && count > Integer.MAX_VALUE / size) {
      frame.budget().allocate(Integer.MAX_VALUE);
    }
    frame.budget().allocate(size * count);
    int repeats = size == 0 ? 0 : (int) count;
    if (value instanceof String text) {
      return text.repeat(repeats);
    }
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < repeats; i++) {
      list.addAll((List<?>) value);
    }
    return list;
  }

  private static Long whole(Object number) {
    return number instanceof Boolean truth ? (truth ? 1L : 0L) : (Long) number;
  }

  private static Object exact(String operator, long a, long b) {
    try {
      return switch (operator) {
        case "+" -> Math.addExact(a, b);
        case "-" -> Math.subtractExact(a, b);
        case "*" -> Math.multiplyExact(a, b);
        case "//" -> Math.floorDiv(a, b);
        case "%" -> Math.floorMod(a, b);
        case "**" -> b < 0 ? (Object) Math.pow((double) a, (double) b) : (Object) power(a, b);
        default -> throw new IllegalStateException(operator);
      };
    } catch (ArithmeticException e) {
      throw TemplateException.value(
          "%d %s %d has no whole result of 64 bits".formatted(a, operator, b));
    }
  }

  private static long power(long base, long exponent) {
    if (exponent > 64 && Math.abs(base) > 1) {
      throw new ArithmeticException("overflow");
    }
    return BigInteger.valueOf(base)
        .pow((int) (exponent > 64 ? 64 + exponent % 2 : exponent))
        .longValueExact();
  }

  private static Object real(String operator, double a, double b) {
    if (b == 0 && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
      throw TemplateException.value("division by zero");
    }
    if (a == 0 && b < 0 && operator.equals("**")) {
      throw TemplateException.value("0.0 cannot be raised to a negative power");
    }
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "/" -> a / b;
      case "//" -> Math.floor(a / b);
      case "%" -> a - b * Math.floor(a / b);
      case "**" -> Math.pow(a, b);
      default -> throw new IllegalStateException(operator);
    };
  }

  private static TemplateException unsupported(String operator, Object left, Object right) {
    return TemplateException.value(
        "'%s' is not known between '%s' and '%s'"
            .formatted(operator, TypeName.of(left), TypeName.of(right)));
  }
}
