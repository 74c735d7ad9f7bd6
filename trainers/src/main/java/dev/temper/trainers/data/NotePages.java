package dev.temper.trainers.data;

import dev.temper.trainers.random.NamedRandom;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.stream.Stream;

/**
 * Text to pretrain on: the words and sentences of the kind-notes language, without an answer to any
 * request.
 *
 * <p>55 % diary pages about one topic (60 % of them with a title), 10 % lists of requests, 7 % a
 * request followed by an unrelated page, 28 % copying exercises: naming what was asked for is what
 * a tiny model learns last, and these teach it to copy.
 */
final class NotePages {

  /** Words of lists to copy or to reverse. */
  static final List<String> LIST_WORDS =
      Stream.of(Slot.TOPIC, Slot.PLACE, Slot.PERSON).flatMap(s -> s.words().stream()).toList();

  static final List<String> TITLES = List.of("A page about the %s.", "My page about the %s.");

  private static final List<Mood.Mix> DIARY =
      List.of(new Mood.Mix(0.8, 0.2), new Mood.Mix(0.1, 0.3), new Mood.Mix(0.33, 0.34));
  private static final Mood.Mix UNRELATED = new Mood.Mix(0.2, 0.4);

  private final NamedRandom random;

  NotePages(long seed) {
    this.random = new NamedRandom(seed, "kind-notes/pretraining");
  }

  String at(int row) {
    Draws draws = new Draws(random, row);
    double category = draws.uniform();
    if (category < 0.55) {
      return diary(draws);
    }
    if (category < 0.65) {
      return requests(draws);
    }
    if (category < 0.72) {
      String request = NotePrompts.any(draws);
      int sentences = draws.between(1, 4);
      return request + "\n" + new NoteWriter(draws).page(sentences, UNRELATED, Optional.empty());
    }
    return exercise(draws);
  }

  private static String diary(Draws draws) {
    Mood.Mix mix = draws.one(DIARY);
    String topic = draws.one(Slot.TOPIC.words());
    String title = draws.uniform() < 0.6 ? draws.one(TITLES).formatted(topic) + "\n" : "";
    int sentences = draws.between(2, 6);
    Optional<NoteWriter.Topic> about = Optional.of(new NoteWriter.Topic(topic, 0.85));
    return title + new NoteWriter(draws).page(sentences, mix, about);
  }

  private static String requests(Draws draws) {
    StringJoiner list = new StringJoiner("\n");
    int requests = draws.between(1, 4);
    for (int i = 0; i < requests; i++) {
      list.add(NotePrompts.any(draws));
    }
    return list.toString();
  }

  private static String exercise(Draws draws) {
    String words = String.join(" ", draws.several(LIST_WORDS, draws.between(3, 5)));
    return "Say again: " + words + ".\n" + words + ".";
  }
}
