package dev.temper.trainers.template;

import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

/** Dates as C's {@code strftime} writes them in English. */
final class Strftime {

  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('Y', "yyyy"),
          Map.entry('y', "yy"),
          Map.entry('m', "MM"),
          Map.entry('B', "MMMM"),
          Map.entry('b', "MMM"),
          Map.entry('h', "MMM"),
          Map.entry('d', "dd"),
          Map.entry('A', "EEEE"),
          Map.entry('a', "EEE"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('p', "a"),
          Map.entry('j', "DDD"),
          Map.entry('F', "yyyy-MM-dd"),
          Map.entry('T', "HH:mm:ss"));

  private Strftime() {}

  static String of(ZonedDateTime time, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      boolean unpadded = format.charAt(i + 1) == '-' && i + 2 < format.length();
      i += unpadded ? 2 : 1;
      String text = field(time, format.charAt(i));
      out.append(unpadded && text.startsWith("0") ? text.substring(1) : text);
    }
    return out.toString();
  }

  private static String field(ZonedDateTime time, char field) {
    if (field == '%') {
      return "%";
    }
    if (field == 'e') {
      return "%2d".formatted(time.getDayOfMonth());
    }
    String pattern = PATTERNS.get(field);
    if (pattern == null) {
      throw TemplateException.value("strftime_now does not know '%" + field + "'");
    }
    return DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
  }
}
