package dev.temper.trainers.template;

/** What Python takes for white space. */
final class Whitespace {

  private Whitespace() {}

  static boolean is(int point) {
    return Character.isWhitespace(point) || Character.isSpaceChar(point) || point == 0x85;
  }

  static boolean only(String text) {
    return !text.isEmpty() && text.codePoints().allMatch(Whitespace::is);
  }

  static String stripStart(String text) {
    int start = 0;
    while (start < text.length() && is(text.charAt(start))) {
      start++;
    }
    return text.substring(start);
  }

  static String stripEnd(String text) {
    int end = text.length();
    while (end > 0 && is(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }
}
