package dev.temper.trainers.text;

/** From positions that count code points to positions in a Java text. */
final class CodePoints {

  private CodePoints() {}

  /** Where each code point starts, and the end of the text. */
  static int[] starts(String text) {
    int[] starts = new int[text.codePointCount(0, text.length()) + 1];
    int at = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = at;
      at += at < text.length() ? Character.charCount(text.codePointAt(at)) : 0;
    }
    return starts;
  }
}
