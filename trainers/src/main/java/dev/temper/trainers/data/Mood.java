package dev.temper.trainers.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a sentence of the kind-notes language is like; every sentence there is has one.
 *
 * @param templates that make such a sentence
 */
record Mood(List<SentenceTemplate> templates) {
  static final Mood PRAISING =
      of(
          "The {topic} was {praise}.",
          "The {topic} was {intensifier} {praise}.",
          "The {topic} was {praise} and {praise}.",
          "I loved the {praise} {topic}.",
          "It felt {praise}.",
          "It felt {intensifier} {praise}.",
          "What a {praise} {topic}!",
          "We enjoyed the {praise} and {praise} {topic}.",
          "Everything was {praise}.",
          "Thank you for the {praise} {topic}!");
  static final Mood NEUTRAL =
      of(
          "We came on {day}.",
          "My {person} came with me.",
          "It is near the {place}.",
          "The {topic} was {neutral}.",
          "I tried the {topic} with the {topic}.",
          "I may come back on {day}.",
          "We saw the {neutral} {topic}.");
  static final Mood NEGATIVE =
      of(
          "The {topic} was {bad}.",
          "But the {topic} was {intensifier} {bad}.",
          "It felt {bad} and {bad}.",
          "I did not like the {topic}.",
          "We waited for the {bad} {topic}.");

  private static Mood of(String... templates) {
    return new Mood(Arrays.stream(templates).map(SentenceTemplate::parse).toList());
  }

  /** Every template of every mood. */
  static List<SentenceTemplate> allTemplates() {
    return Stream.of(PRAISING, NEUTRAL, NEGATIVE).flatMap(mood -> mood.templates.stream()).toList();
  }

  /**
   * Shares of the moods in a text; what is left is negative.
   *
   * @param praising share of praising sentences
   * @param neutral share of neutral sentences
   */
  record Mix(double praising, double neutral) {

    /** The mood at a uniform number. */
    Mood at(double uniform) {
      if (uniform < praising) {
        return PRAISING;
      }
      return uniform < praising + neutral ? NEUTRAL : NEGATIVE;
    }
  }
}
