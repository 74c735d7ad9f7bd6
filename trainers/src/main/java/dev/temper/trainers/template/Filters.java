package dev.temper.trainers.template;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What stands after {@code |}; {@link ListFilters} has those that take lists apart. */
final class Filters {

  /** One filter. */
  @FunctionalInterface
  interface Filter {
    Object apply(Object value, Arguments arguments, Frame frame);
  }

  private static final Map<String, Filter> ALL = all();

  private Filters() {}

  static Set<String> names() {
    return ALL.keySet();
  }

  static Object apply(String name, Object value, Arguments arguments, Frame frame) {
    Filter filter = ALL.get(name);
    if (filter == null) {
      throw TemplateException.value(Tests.unknown("filter", name, List.copyOf(ALL.keySet())));
    }
    return filter.apply(value, arguments, frame);
  }

  private static Map<String, Filter> all() {
    Map<String, Filter> all = new TreeMap<>(ListFilters.all());
    all.put("tojson", (value, a, frame) -> PythonJson.of(a).write(value, frame));
    all.put("string", (value, a, frame) -> text(value, frame));
    all.put("safe", (value, a, frame) -> text(value, frame));
    all.put("trim", Filters::trim);
    all.put("upper", (value, a, frame) -> text(value, frame).toUpperCase(Locale.ROOT));
    all.put("lower", (value, a, frame) -> text(value, frame).toLowerCase(Locale.ROOT));
    all.put("capitalize", (value, a, frame) -> TextMethods.capitalized(text(value, frame)));
    all.put("title", (value, a, frame) -> titled(text(value, frame)));
    all.put("replace", (value, a, frame) -> TextMethods.replace(text(value, frame), a, frame));
    all.put("indent", Filters::indent);
    all.put("center", Filters::center);
    all.put("format", Filters::format);
    all.put("wordcount", (value, a, frame) -> wordCount(text(value, frame)));
    all.put("escape", Filters::escape);
    all.put("e", Filters::escape);
    all.put("default", Filters::otherwise);
    all.put("d", Filters::otherwise);
    all.put("abs", (value, a, frame) -> absolute(value, frame));
    all.put("int", Filters::whole);
    all.put("float", Filters::real);
    all.put("round", Filters::round);
    all.put(
        "attr",
        (value, a, frame) -> {
          Object found = Attributes.attribute(value, a.text(0, "name"));
          return found;
        });
    return Collections.unmodifiableMap(all);
  }

  private static String text(Object value, Frame frame) {
    String text = PythonText.of(value);
    frame.budget().allocate(text.length());
    return text;
  }

  private static Object trim(Object value, Arguments arguments, Frame frame) {
    return TextMethods.strip(text(value, frame), arguments.allow("trim", "chars"), true, true);
  }

  private static String titled(String text) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int point : text.codePoints().toArray()) {
      String letter = Character.toString(point);
      out.append(inWord ? letter.toLowerCase(Locale.ROOT) : letter.toUpperCase(Locale.ROOT));
      inWord = !(Whitespace.is(point) || "-({[<".indexOf(point) >= 0);
    }
    return out.toString();
  }

  private static Object indent(Object value, Arguments arguments, Frame frame) {
    arguments.allow("indent", "width", "first", "blank");
    Object width = arguments.get(0, "width").orElse(4L);
    String indent =
        width instanceof String given ? given : " ".repeat(width(arguments, "width", 4));
    boolean blank = arguments.truth(2, "blank", false);
    if (!(value instanceof String text)) {
      throw TemplateException.value("indent needs text, got " + PythonText.shown(value));
    }
    List<Object> lines = Lines.of(text + "\n", false);
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      String line = (String) lines.get(i);
      boolean indented = i == 0 ? arguments.truth(1, "first", false) : blank || !line.isEmpty();
      frame.budget().allocate((long) indent.length() + line.length() + 1);
      out.append(i > 0 ? "\n" : "").append(indented ? indent : "").append(line);
    }
    return out.toString();
  }

  private static int width(Arguments arguments, String name, int otherwise) {
    int width = arguments.whole(0, name, otherwise);
    if (width < 0 || width > Budget.WIDTH) {
      throw TemplateException.limit(
          "%s must be at most %d, got %d".formatted(name, Budget.WIDTH, width));
    }
    return width;
  }

  private static Object center(Object value, Arguments arguments, Frame frame) {
    String text = text(value, frame);
    int missing = (int) Math.max(0, width(arguments, "width", 80) - Items.length(text));
    // As Python rounds: an odd space goes left where the width is odd.
    int left = missing / 2 + (missing & width(arguments, "width", 80) & 1);
    return " ".repeat(left) + text + " ".repeat(missing - left);
  }

  private static Object format(Object value, Arguments arguments, Frame frame) {
    return Formatting.percent(text(value, frame), new Tuple(arguments.positional()), frame);
  }

  private static long wordCount(String text) {
    long words = 0;
    boolean inWord = false;
    for (int point : text.codePoints().toArray()) {
      boolean letter = Character.isLetterOrDigit(point) || point == '_';
      words += letter && !inWord ? 1 : 0;
      inWord = letter;
    }
    return words;
  }

  private static Object escape(Object value, Arguments arguments, Frame frame) {
    String text = text(value, frame);
    frame.budget().allocate(5L * text.length());
    return text.replace("&", "&amp;")
        .replace(">", "&gt;")
        .replace("<", "&lt;")
        .replace("'", "&#39;")
        .replace("\"", "&#34;");
  }

  private static Object otherwise(Object value, Arguments arguments, Frame frame) {
    arguments.allow("default", "default_value", "boolean");
    boolean used =
        value instanceof Undefined || (arguments.truth(1, "boolean", false) && !Truth.of(value));
    return used ? arguments.get(0, "default_value").orElse("") : value;
  }

  private static Object absolute(Object value, Frame frame) {
    Object negative = Arithmetic.apply("-", value);
    return Equality.order(negative, 0L, frame.budget()) > 0
        ? negative
        : Arithmetic.apply("+", value);
  }

  private static Object whole(Object value, Arguments arguments, Frame frame) {
    Object otherwise = arguments.get(0, "default").orElse(0L);
    int base = arguments.whole(1, "base", 10);
    try {
      if (value instanceof String text) {
        String digits = text.strip().replace("_", "");
        return base == 10 && digits.matches("[+-]?\\d*\\.\\d*([eE][+-]?\\d+)?")
            ? (Object) (long) Double.parseDouble(digits)
            : (Object) Long.parseLong(digits, base);
      }
      return Equality.number(value) ? (Object) (long) Equality.toDouble(value) : otherwise;
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  private static Object real(Object value, Arguments arguments, Frame frame) {
    try {
      if (value instanceof String text) {
        return Double.parseDouble(text.strip());
      }
      return Equality.number(value)
          ? (Object) Equality.toDouble(value)
          : arguments.get(0, "default").orElse(0.0);
    } catch (NumberFormatException e) {
      return arguments.get(0, "default").orElse(0.0);
    }
  }

  private static Object round(Object value, Arguments arguments, Frame frame) {
    arguments.allow("round", "precision", "method");
    if (!Equality.number(value)) {
      throw TemplateException.value("round needs a number, got " + PythonText.shown(value));
    }
    int precision = arguments.whole(0, "precision", 0);
    String method = arguments.optionalText(1, "method").orElse("common");
    return !(value instanceof Double) && method.equals("common") && precision >= 0
        ? Arithmetic.apply("+", value)
        : (Object) Rounding.of(Equality.toDouble(value), precision, method);
  }
}
