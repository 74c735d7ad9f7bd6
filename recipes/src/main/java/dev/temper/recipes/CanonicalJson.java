package dev.temper.recipes;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One byte sequence per JSON value, in the manner of RFC 8785: keys sorted by UTF-16 code units, no
 * white space, numbers in the shortest form of ECMAScript, UTF-8.
 *
 * <p>It differs in one point: an integer beyond 2^53 keeps all its digits. {@code 1} and {@code
 * 1.0} are one value. NaN, infinities and lone surrogates are refused.
 */
public final class CanonicalJson {

  private static final int DIGITS_OF_A_DOUBLE = 17;
  private static final int LONGEST_PLAIN_EXPONENT = 21;
  private static final int SMALLEST_PLAIN_EXPONENT = -6;

  private CanonicalJson() {}

  /** The canonical bytes of a value. */
  public static byte[] bytes(JsonNode value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  /** The canonical text of a value. */
  public static String text(JsonNode value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(JsonNode value, StringBuilder out) {
    if (value.isObject()) {
      writeObject(value, out);
    } else if (value.isArray()) {
      writeArray(value, out);
    } else if (value.isTextual()) {
      writeString(value.textValue(), out);
    } else if (value.isNumber()) {
      out.append(number(value));
    } else if (value.isBoolean() || value.isNull()) {
      out.append(value.asText());
    } else {
      throw new IllegalArgumentException("not a JSON value: " + value.getNodeType());
    }
  }

  private static void writeObject(JsonNode value, StringBuilder out) {
    List<String> names = new ArrayList<>();
    value.fieldNames().forEachRemaining(names::add);
    names.sort(null);
    out.append('{');
    for (int i = 0; i < names.size(); i++) {
      out.append(i == 0 ? "" : ",");
      writeString(names.get(i), out);
      out.append(':');
      write(value.get(names.get(i)), out);
    }
    out.append('}');
  }

  private static void writeArray(JsonNode value, StringBuilder out) {
    out.append('[');
    for (int i = 0; i < value.size(); i++) {
      out.append(i == 0 ? "" : ",");
      write(value.get(i), out);
    }
    out.append(']');
  }

  private static void writeString(String text, StringBuilder out) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("text with a lone surrogate has no canonical form");
    }
    out.append('"');
    text.chars().forEach(c -> writeCharacter((char) c, out));
    out.append('"');
  }

  private static void writeCharacter(char c, StringBuilder out) {
    switch (c) {
      case '"' -> out.append("\\\"");
      case '\\' -> out.append("\\\\");
      case '\b' -> out.append("\\b");
      case '\t' -> out.append("\\t");
      case '\n' -> out.append("\\n");
      case '\f' -> out.append("\\f");
      case '\r' -> out.append("\\r");
      default -> out.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
    }
  }

  private static String number(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value.bigIntegerValue().toString();
    }
    double number = value.doubleValue();
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("%s has no canonical form".formatted(number));
    }
    return number == 0 ? "0" : shortest(number);
  }

  /** Number.prototype.toString of ECMAScript: digits d1..dk, value 0.d1..dk * 10^exponent. */
  private static String shortest(double number) {
    BigDecimal decimal = shortestDecimal(Math.abs(number)).stripTrailingZeros();
    String digits = decimal.unscaledValue().toString();
    int exponent = digits.length() - decimal.scale();
    String sign = number < 0 ? "-" : "";
    if (digits.length() <= exponent && exponent <= LONGEST_PLAIN_EXPONENT) {
      return sign + digits + "0".repeat(exponent - digits.length());
    }
    if (0 < exponent && exponent <= LONGEST_PLAIN_EXPONENT) {
      return sign + digits.substring(0, exponent) + "." + digits.substring(exponent);
    }
    if (SMALLEST_PLAIN_EXPONENT < exponent && exponent <= 0) {
      return sign + "0." + "0".repeat(-exponent) + digits;
    }
    String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
    String power = (exponent > 0 ? "e+" : "e-") + BigInteger.valueOf(exponent - 1).abs();
    return sign + digits.charAt(0) + fraction + power;
  }

  /** Not Double.toString: before Java 19 its digits are not always the fewest. */
  private static BigDecimal shortestDecimal(double number) {
    BigDecimal exact = new BigDecimal(number);
    for (int digits = 1; digits < DIGITS_OF_A_DOUBLE; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (rounded.doubleValue() == number) {
        return rounded;
      }
    }
    return exact.round(new MathContext(DIGITS_OF_A_DOUBLE, RoundingMode.HALF_EVEN));
  }
}
