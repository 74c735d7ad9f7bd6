package dev.temper.trainers.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;

/** Writes sentences of the kind-notes language. */
final class NoteWriter {

  private static final Mood.Mix DEMONSTRATION = new Mood.Mix(0.55, 0.30);
  private static final double DEMONSTRATED_TOPIC = 0.7;
  private static final List<Integer> DEMONSTRATED_SENTENCES = List.of(1, 2, 2, 3, 3, 4);

  private final Draws draws;

  NoteWriter(Draws draws) {
    this.draws = draws;
  }

  /**
   * A note as a demonstrator writes it: 1 to 4 different sentences, 55 % praising, 30 % neutral, 15
   * % negative; a topic is the asked one with probability 0.7, and no praise is used twice.
   */
  String demonstration(String topic) {
    int sentences = draws.one(DEMONSTRATED_SENTENCES);
    Set<String> usedPraise = new HashSet<>();
    List<String> written = new ArrayList<>();
    while (written.size() < sentences) {
      String sentence =
          sentence(
              DEMONSTRATION,
              Optional.of(new Topic(topic, DEMONSTRATED_TOPIC)),
              Optional.of(usedPraise));
      if (!written.contains(sentence)) {
        written.add(sentence);
      }
    }
    return String.join(" ", written);
  }

  /** Sentences one after the other, which may repeat themselves. */
  String page(int sentences, Mood.Mix mix, Optional<Topic> topic) {
    StringJoiner page = new StringJoiner(" ");
    for (int i = 0; i < sentences; i++) {
      page.add(sentence(mix, topic, Optional.empty()));
    }
    return page.toString();
  }

  private String sentence(Mood.Mix mix, Optional<Topic> topic, Optional<Set<String>> usedPraise) {
    SentenceTemplate template = draws.one(mix.at(draws.uniform()).templates());
    StringJoiner sentence = new StringJoiner(" ");
    for (SentenceTemplate.Place place : template.words()) {
      sentence.add(word(place, topic, usedPraise));
    }
    return sentence.toString() + template.end();
  }

  private String word(
      SentenceTemplate.Place place, Optional<Topic> topic, Optional<Set<String>> usedPraise) {
    if (place.slot().isEmpty()) {
      return place.choices().get(0);
    }
    Slot slot = place.slot().get();
    if (slot.equals(Slot.TOPIC)
        && topic.isPresent()
        && draws.uniform() < topic.get().probability()) {
      return topic.get().word();
    }
    if (slot.equals(Slot.PRAISE) && usedPraise.isPresent()) {
      Set<String> used = usedPraise.get();
      String praise = draws.one(slot.words().stream().filter(w -> !used.contains(w)).toList());
      used.add(praise);
      return praise;
    }
    return draws.one(slot.words());
  }

  /**
   * What a text is about.
   *
   * @param probability that a place for a topic names it rather than any topic
   */
  record Topic(String word, double probability) {}
}
