package dev.temper.trainers.template;

/** Backslashes in a text in quotes, as Python reads them. */
final class Escapes {

  private static final String SIMPLE = "\\'\"abfnrtv";
  private static final String MEANT = "\\'\"\u0007\b\f\n\r\t\u000B";

  private Escapes() {}

  static String resolve(String text, int line) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char kind = text.charAt(++i);
      int simple = SIMPLE.indexOf(kind);
      int digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
      if (simple >= 0) {
        out.append(MEANT.charAt(simple));
      } else if (digits > 0) {
        out.appendCodePoint(hex(text, i + 1, digits, line));
        i += digits;
      } else if (kind >= '0' && kind <= '7') {
        int end = i + 1;
        while (end < text.length()
            && end < i + 3
            && text.charAt(end) >= '0'
            && text.charAt(end) <= '7') {
          end++;
        }
        out.append((char) Integer.parseInt(text, i, end, 8));
        i = end - 1;
      } else if (kind != '\n') {
        out.append('\\').append(kind);
      }
    }
    return out.toString();
  }

  private static int hex(String text, int from, int digits, int line) {
    try {
      int point = Integer.parseInt(text, from, Math.min(text.length(), from + digits), 16);
      if (from + digits <= text.length() && Character.isValidCodePoint(point)) {
        return point;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw TemplateException.syntax(
        line, "a text has a '\\' that is not followed by " + digits + " hexadecimal digits");
  }
}
