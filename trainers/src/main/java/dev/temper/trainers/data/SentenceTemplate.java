package dev.temper.trainers.data;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A sentence of the kind-notes language with open places, for example {@code The {topic} was
 * {praise}.}
 *
 * @param words its places in order
 * @param end the mark that closes it
 */
record SentenceTemplate(List<Place> words, char end) {
  SentenceTemplate {
    words = List.copyOf(words);
  }

  static SentenceTemplate parse(String text) {
    String body = text.substring(0, text.length() - 1);
    return new SentenceTemplate(
        Arrays.stream(body.split(" ", -1)).map(Place::parse).toList(),
        text.charAt(text.length() - 1));
  }

  /**
   * One word of a sentence.
   *
   * @param choices what may stand here: one word where it is fixed
   * @param slot the open place, unless it is fixed
   */
  record Place(List<String> choices, Optional<Slot> slot) {

    private static Place parse(String word) {
      if (word.startsWith("{")) {
        Slot slot = Slot.named(word.substring(1, word.length() - 1));
        return new Place(slot.words(), Optional.of(slot));
      }
      return new Place(List.of(word), Optional.empty());
    }
  }
}
