package dev.temper.trainers.template;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code '%s' % value} and {@code '{}'.format(value)}, without widths. */
final class Formatting {

  private static final Pattern PERCENT = Pattern.compile("%(?:\\.(\\d{1,2}))?([a-zA-Z%])?");
  private static final Pattern BRACES = Pattern.compile("\\{\\{|\\}\\}|\\{([^{}]*)\\}");

  private Formatting() {}

  static String percent(String format, Object values, Frame frame) {
    List<Object> items = values instanceof Tuple tuple ? tuple.items() : List.of(values);
    Matcher matcher = PERCENT.matcher(format);
    StringBuilder out = new StringBuilder();
    int next = 0;
    while (matcher.find()) {
      String piece = "%";
      if (!"%".equals(matcher.group(2))) {
        if (next >= items.size()) {
          throw TemplateException.value("not enough values for '" + format + "'");
        }
        piece = piece(matcher.group(2), matcher.group(1), items.get(next++), format);
      }
      frame.budget().allocate(piece.length());
      matcher.appendReplacement(out, Matcher.quoteReplacement(piece));
    }
    matcher.appendTail(out);
    boolean unused = next < items.size() && !(values instanceof Map || values instanceof List);
    if (unused) {
      throw TemplateException.value("more values than '" + format + "' has places for");
    }
    frame.budget().allocate(out.length());
    return out.toString();
  }

  private static String piece(String kind, String digits, Object value, String format) {
    if ("s".equals(kind) && digits == null) {
      return PythonText.of(value);
    }
    if ("r".equals(kind) && digits == null) {
      return PythonText.repr(value);
    }
    if (("d".equals(kind) || "i".equals(kind)) && digits == null && value instanceof Long) {
      return value.toString();
    }
    if ("f".equals(kind) && Equality.number(value)) {
      return new BigDecimal(Equality.toDouble(value))
          .setScale(digits == null ? 6 : Integer.parseInt(digits), RoundingMode.HALF_EVEN)
          .toPlainString();
    }
    throw TemplateException.value(
        "the format '%s' cannot take %s".formatted(format, PythonText.shown(value)));
  }

  static String braces(String format, Arguments arguments, Frame frame) {
    Matcher matcher = BRACES.matcher(format);
    StringBuilder out = new StringBuilder();
    int next = 0;
    while (matcher.find()) {
      String field = matcher.group(1);
      String piece;
      if (field == null) {
        piece = matcher.group().substring(1);
      } else if (field.isEmpty()) {
        piece = PythonText.of(arguments.required(next++, ""));
      } else if (field.matches("\\d{1,3}")) {
        piece = PythonText.of(arguments.required(Integer.parseInt(field), ""));
      } else if (field.matches("\\w+")) {
        piece = PythonText.of(arguments.required(arguments.count(), field));
      } else {
        throw TemplateException.value("the format '{" + field + "}' is not known");
      }
      frame.budget().allocate(piece.length());
      matcher.appendReplacement(out, Matcher.quoteReplacement(piece));
    }
    return matcher.appendTail(out).toString();
  }
}
