package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Methods of Python's text. */
final class TextMethods {

  /** One method. */
  @FunctionalInterface
  private interface Method {
    Object call(String text, Arguments arguments);
  }

  private static final Map<String, Method> METHODS =
      Map.ofEntries(
          Map.entry("strip", (text, a) -> strip(text, a.allow("strip", "chars"), true, true)),
          Map.entry("lstrip", (text, a) -> strip(text, a.allow("lstrip", "chars"), true, false)),
          Map.entry("rstrip", (text, a) -> strip(text, a.allow("rstrip", "chars"), false, true)),
          Map.entry("split", (text, a) -> split(text, a, false)),
          Map.entry("rsplit", (text, a) -> split(text, a, true)),
          Map.entry("splitlines", (text, a) -> Lines.of(text, a.truth(0, "keepends", false))),
          Map.entry("startswith", (text, a) -> affix(text, a, true)),
          Map.entry("endswith", (text, a) -> affix(text, a, false)),
          Map.entry("upper", (text, a) -> text.toUpperCase(Locale.ROOT)),
          Map.entry("lower", (text, a) -> text.toLowerCase(Locale.ROOT)),
          Map.entry("capitalize", (text, a) -> capitalized(text)),
          Map.entry("title", (text, a) -> titled(text)),
          Map.entry("find", (text, a) -> points(text, text.indexOf(a.text(0, "sub")))),
          Map.entry("rfind", (text, a) -> points(text, text.lastIndexOf(a.text(0, "sub")))),
          Map.entry("index", (text, a) -> index(text, a.text(0, "sub"))),
          Map.entry("count", (text, a) -> count(text, a.text(0, "sub"))),
          Map.entry("isdigit", (text, a) -> all(text, Character::isDigit)),
          Map.entry("isnumeric", (text, a) -> all(text, Character::isDigit)),
          Map.entry("isdecimal", (text, a) -> all(text, Character::isDigit)),
          Map.entry("isalpha", (text, a) -> all(text, Character::isLetter)),
          Map.entry("isalnum", (text, a) -> all(text, Character::isLetterOrDigit)),
          Map.entry("isspace", (text, a) -> all(text, Whitespace::is)),
          Map.entry("isupper", (text, a) -> Case.isUpper(text)),
          Map.entry("islower", (text, a) -> Case.isLower(text)),
          Map.entry("removeprefix", (text, a) -> without(text, a.text(0, "prefix"), true)),
          Map.entry("removesuffix", (text, a) -> without(text, a.text(0, "suffix"), false)),
          Map.entry("partition", (text, a) -> partition(text, a.text(0, "sep"), false)),
          Map.entry("rpartition", (text, a) -> partition(text, a.text(0, "sep"), true)));

  private TextMethods() {}

  static Optional<Function> of(String text, String name) {
    return switch (name) {
      case "replace" -> Optional.of((arguments, frame) -> replace(text, arguments, frame));
      case "join" ->
          Optional.of((a, frame) -> join(text, Items.of(a.required(0, "iterable"), frame), frame));
      case "format" -> Optional.of((a, frame) -> Formatting.braces(text, a, frame));
      default ->
          Optional.ofNullable(METHODS.get(name))
              .map(
                  method ->
                      (arguments, frame) -> {
                        frame.budget().allocate(text.length());
                        return method.call(text, arguments);
                      });
    };
  }

  /** Joins texts; anything else in the list is an error, as in Python. */
  private static String join(String separator, List<Object> items, Frame frame) {
    for (Object item : items) {
      if (!(item instanceof String)) {
        throw TemplateException.value("join needs texts, got " + PythonText.shown(item));
      }
    }
    return joined(separator, items, frame);
  }

  static String joined(String separator, List<Object> items, Frame frame) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < items.size(); i++) {
      String piece = (i > 0 ? separator : "") + PythonText.of(items.get(i));
      frame.budget().allocate(piece.length());
      out.append(piece);
    }
    return out.toString();
  }

  static String replace(String text, Arguments arguments, Frame frame) {
    arguments.allow("replace", "old", "new", "count");
    String old = arguments.text(0, "old");
    String replacement = arguments.text(1, "new");
    int count = arguments.whole(2, "count", -1);
    StringBuilder out = new StringBuilder();
    int from = 0;
    int at = text.indexOf(old);
    for (int n = 0; at >= 0 && n != count && at <= text.length(); n++) {
      frame.budget().allocate((long) at - from + replacement.length());
      out.append(text, from, at).append(replacement);
      from = at + old.length();
      // The empty text stands before every character and at the end.
      if (old.isEmpty()) {
        if (at == text.length()) {
          break;
        }
        int next = text.offsetByCodePoints(at, 1);
        out.append(text, at, next);
        from = next;
        at = next;
      } else {
        at = text.indexOf(old, from);
      }
    }
    frame.budget().allocate((long) text.length() - from);
    return out.append(text, from, text.length()).toString();
  }

  static String strip(String text, Arguments arguments, boolean start, boolean end) {
    Optional<String> chars = arguments.optionalText(0, "chars");
    if (chars.isEmpty()) {
      String stripped = start ? Whitespace.stripStart(text) : text;
      return end ? Whitespace.stripEnd(stripped) : stripped;
    }
    int from = 0;
    int to = text.length();
    while (start && from < to && has(chars.get(), text.codePointAt(from))) {
      from = text.offsetByCodePoints(from, 1);
    }
    while (end && from < to && has(chars.get(), text.codePointBefore(to))) {
      to = text.offsetByCodePoints(to, -1);
    }
    return text.substring(from, to);
  }

  private static boolean has(String chars, int point) {
    return chars.indexOf(point) >= 0;
  }

  private static List<Object> split(String text, Arguments arguments, boolean fromEnd) {
    arguments.allow("split", "sep", "maxsplit");
    Optional<String> separator = arguments.optionalText(0, "sep");
    int most = arguments.whole(1, "maxsplit", -1);
    if (separator.isEmpty()) {
      return fromEnd && most >= 0 ? Words.fromEnd(text, most) : Words.of(text, most);
    }
    if (separator.get().isEmpty()) {
      throw TemplateException.value("split needs a separator that is not empty");
    }
    return fromEnd && most >= 0
        ? splitFromEnd(text, separator.get(), most)
        : splitAt(text, separator.get(), most);
  }

  private static List<Object> splitAt(String text, String separator, int most) {
    List<Object> parts = new ArrayList<>();
    int from = 0;
    int at = text.indexOf(separator);
    while (at >= 0 && (most < 0 || parts.size() < most)) {
      parts.add(text.substring(from, at));
      from = at + separator.length();
      at = text.indexOf(separator, from);
    }
    parts.add(text.substring(from));
    return parts;
  }

  private static List<Object> splitFromEnd(String text, String separator, int most) {
    List<Object> parts = new ArrayList<>();
    int to = text.length();
    int at = text.lastIndexOf(separator);
    while (at >= 0 && parts.size() < most) {
      parts.add(text.substring(at + separator.length(), to));
      to = at;
      at = at < separator.length() ? -1 : text.lastIndexOf(separator, at - separator.length());
    }
    parts.add(text.substring(0, to));
    Collections.reverse(parts);
    return parts;
  }

  private static boolean affix(String text, Arguments arguments, boolean start) {
    arguments.allow(start ? "startswith" : "endswith", "affix");
    Object affix = arguments.required(0, "affix");
    List<Object> any = affix instanceof Tuple tuple ? tuple.items() : List.of(affix);
    for (Object candidate : any) {
      if (!(candidate instanceof String part)) {
        throw candidate instanceof Undefined undefined
            ? undefined.error()
            : TemplateException.value(
                "startswith and endswith need text, got " + PythonText.shown(candidate));
      }
      if (start ? text.startsWith(part) : text.endsWith(part)) {
        return true;
      }
    }
    return false;
  }

  static String capitalized(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int first = text.offsetByCodePoints(0, 1);
    return text.substring(0, first).toUpperCase(Locale.ROOT)
        + text.substring(first).toLowerCase(Locale.ROOT);
  }

  private static String titled(String text) {
    StringBuilder out = new StringBuilder();
    boolean inWord = false;
    for (int point : text.codePoints().toArray()) {
      String letter = Character.toString(point);
      out.append(inWord ? letter.toLowerCase(Locale.ROOT) : letter.toUpperCase(Locale.ROOT));
      inWord = Character.isLetter(point);
    }
    return out.toString();
  }

  private static long points(String text, int position) {
    return position < 0 ? -1 : text.codePointCount(0, position);
  }

  private static long index(String text, String part) {
    if (!text.contains(part)) {
      throw TemplateException.value("'" + part + "' is not in the text");
    }
    return points(text, text.indexOf(part));
  }

  private static long count(String text, String part) {
    if (part.isEmpty()) {
      return Items.length(text) + 1;
    }
    long count = 0;
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
      count++;
    }
    return count;
  }

  private static boolean all(String text, IntPredicate kind) {
    return !text.isEmpty() && text.codePoints().allMatch(kind);
  }

  private static String without(String text, String affix, boolean start) {
    if (start) {
      return text.startsWith(affix) ? text.substring(affix.length()) : text;
    }
    return text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text;
  }

  private static Tuple partition(String text, String separator, boolean last) {
    int at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) {
      return last ? Tuple.of("", "", text) : Tuple.of(text, "", "");
    }
    return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
  }
}
