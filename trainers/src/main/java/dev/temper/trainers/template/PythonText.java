package dev.temper.trainers.template;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Map;

/** Python's {@code str} and {@code repr}. */
final class PythonText {

  private static final int SHOWN = 80;

  private PythonText() {}

  /**
   * How a value stands in the text.
   *
   * @throws TemplateException where it is longer than any text may be
   */
  static String of(Object value) {
    if (value instanceof String text) {
      return text;
    }
    return value instanceof Undefined ? "" : repr(value);
  }

  static String repr(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out, Budget.LONGEST);
    if (out.length() > Budget.LONGEST) {
      throw TemplateException.limit(
          "a value has more than " + Budget.LONGEST + " characters as text");
    }
    return out.toString();
  }

  /** Its start, for messages. */
  static String shown(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out, SHOWN);
    return out.length() > SHOWN ? out.substring(0, SHOWN) + "..." : out.toString();
  }

  /** What comes after the limit is left out: lists that hold one list twice grow without end. */
  private static void write(Object value, StringBuilder out, int limit) {
    if (out.length() > limit) {
      return;
    }
    if (value instanceof String text) {
      quote(text, out);
    } else if (value instanceof List<?> list) {
      out.append('[');
      items(list, out, limit);
      out.append(']');
    } else if (value instanceof Tuple tuple) {
      out.append('(');
      items(tuple.items(), out, limit);
      out.append(tuple.items().size() == 1 ? ",)" : ")");
    } else if (value instanceof Map<?, ?> map) {
      out.append('{');
      String separator = "";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.append(separator);
        write(entry.getKey(), out, limit);
        out.append(": ");
        write(entry.getValue(), out, limit);
        separator = ", ";
      }
      out.append('}');
    } else {
      out.append(scalar(value));
    }
  }

  private static void items(List<?> items, StringBuilder out, int limit) {
    String separator = "";
    for (Object item : items) {
      out.append(separator);
      write(item, out, limit);
      separator = ", ";
    }
  }

  private static String scalar(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? "True" : "False";
    }
    if (value instanceof Double number) {
      return number(number);
    }
    if (value == None.NONE || value instanceof Undefined) {
      return value == None.NONE ? "None" : "Undefined";
    }
    return value instanceof Number ? value.toString() : "<" + TypeName.of(value) + ">";
  }

  /** The fewest digits that give the number back. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal exact = new BigDecimal(value);
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits));
      if (shortest.doubleValue() == value) {
        break;
      }
    }
    shortest = shortest.stripTrailingZeros();
    String digits = shortest.unscaledValue().abs().toString();
    String sign = value < 0 ? "-" : "";
    int exponent = digits.length() - 1 - shortest.scale();
    if (exponent < -4 || exponent >= 16) {
      String fraction = digits.length() > 1 ? "." + digits.substring(1) : "";
      return "%s%s%se%s%02d"
          .formatted(
              sign, digits.charAt(0), fraction, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = shortest.abs().toPlainString();
    return sign + (plain.contains(".") ? plain : plain + ".0");
  }

  private static void quote(String text, StringBuilder out) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    out.append(quote);
    text.codePoints().forEach(point -> append(point, quote, out));
    out.append(quote);
  }

  private static void append(int point, char quote, StringBuilder out) {
    if (point == quote || point == '\\') {
      out.append('\\').appendCodePoint(point);
    } else if (point == '\n') {
      out.append("\\n");
    } else if (point == '\r') {
      out.append("\\r");
    } else if (point == '\t') {
      out.append("\\t");
    } else if (printable(point)) {
      out.appendCodePoint(point);
    } else if (point <= 0xFF) {
      out.append("\\x%02x".formatted(point));
    } else {
      out.append((point <= 0xFFFF ? "\\u%04x" : "\\U%08x").formatted(point));
    }
  }

  private static boolean printable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> true;
    };
  }
}
