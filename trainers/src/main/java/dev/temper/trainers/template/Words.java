package dev.temper.trainers.template;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A text split at white space. */
final class Words {

  private Words() {}

  /**
   * From the start.
   *
   * @param most splits at most, negative for all; the rest keeps its white space inside
   */
  static List<Object> of(String text, int most) {
    List<Object> words = new ArrayList<>();
    int at = skip(text, 0, true);
    while (at < text.length() && (most < 0 || words.size() < most)) {
      int end = skip(text, at, false);
      words.add(text.substring(at, end));
      at = skip(text, end, true);
    }
    if (at < text.length()) {
      words.add(text.substring(at));
    }
    return words;
  }

  private static int skip(String text, int from, boolean whitespace) {
    int at = from;
    while (at < text.length() && Whitespace.is(text.charAt(at)) == whitespace) {
      at++;
    }
    return at;
  }

  /** From the end. */
  static List<Object> fromEnd(String text, int most) {
    List<Object> words = new ArrayList<>();
    String left = Whitespace.stripEnd(text);
    while (!left.isEmpty() && words.size() < most) {
      int start = left.length();
      while (start > 0 && !Whitespace.is(left.charAt(start - 1))) {
        start--;
      }
      words.add(left.substring(start));
      left = Whitespace.stripEnd(left.substring(0, start));
    }
    if (!left.isEmpty()) {
      words.add(left);
    }
    Collections.reverse(words);
    return words;
  }
}
