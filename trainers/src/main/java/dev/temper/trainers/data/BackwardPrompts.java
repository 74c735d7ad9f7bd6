package dev.temper.trainers.data;

import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The requests of the backward task, {@code Say backward: tea soup bread.}, answered by the words
 * in reverse order: {@code bread soup tea.}
 *
 * <p>Even rows have two words, odd rows three, each in an order of all such lists of 40 words that
 * the seed makes: ranges that do not overlap have no prompt in common. There are 40 x 39 lists of
 * two words, hence 3120 rows.
 */
final class BackwardPrompts {

  private static final List<String> WORDS = NotePages.LIST_WORDS;
  private static final int PAIRS = WORDS.size() * (WORDS.size() - 1);
  static final int COUNT = 2 * PAIRS;

  private final int[] pairs;
  private final int[] triples;

  BackwardPrompts(long seed) {
    NamedRandom random = new NamedRandom(seed, "backward/prompts");
    this.pairs = random.permutation(PAIRS, 0);
    this.triples = random.permutation(PAIRS * (WORDS.size() - 2), 1);
  }

  Request at(int row) {
    return row % 2 == 0
        ? new Request(words(pairs[row / 2], 2))
        : new Request(words(triples[row / 2], 3));
  }

  /** The list with a number: its digits say which of the words that are left comes next. */
  private static List<String> words(int number, int count) {
    List<String> left = new ArrayList<>(WORDS);
    List<String> words = new ArrayList<>(count);
    int rest = number;
    for (int i = 0; i < count; i++) {
      int choices = left.size();
      words.add(left.remove(rest % choices));
      rest /= choices;
    }
    return words;
  }

  /** A list of words to say backward. */
  record Request(List<String> words) {

    String text() {
      return "Say backward: " + asGiven();
    }

    String asGiven() {
      return String.join(" ", words) + ".";
    }

    String answer() {
      List<String> reversed = new ArrayList<>(words);
      Collections.reverse(reversed);
      return String.join(" ", reversed) + ".";
    }

    Map<String, String> facts() {
      return Map.of("answer", answer(), "words", String.valueOf(words.size()));
    }
  }
}
