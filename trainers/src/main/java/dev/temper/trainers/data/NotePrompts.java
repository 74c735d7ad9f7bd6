package dev.temper.trainers.data;

import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The requests of the kind-notes task: {@code Write a {kind} {form} about the {topic}[ for my
 * {person}| at the {place}].}
 *
 * <p>There are 4 x 4 x 24 x (1 + 8 + 8) = 6528 of them. A seed puts all of them in one order, and
 * row i is the i-th: ranges that do not overlap have no prompt in common. The order is a uniform
 * permutation, so that every range has the same mixture (one in 17 names neither person nor place)
 * and what is measured on one range can be compared with what was trained on another. Free text
 * ({@link #any}) is not from that order: there, 40 % are plain, 30 % name a person, 30 % a place.
 */
final class NotePrompts {

  private static final List<String> KINDS = Slot.KIND.words();
  private static final List<String> FORMS = Slot.FORM.words();
  private static final List<String> TOPICS = Slot.TOPIC.words();
  private static final List<String> TAILS = tails();
  static final int COUNT = KINDS.size() * FORMS.size() * TOPICS.size() * TAILS.size();

  private final int[] order;

  NotePrompts(long seed) {
    this.order = new NamedRandom(seed, "kind-notes/prompts").permutation(COUNT, 0);
  }

  Request at(int row) {
    int rest = order[row];
    String tail = TAILS.get(rest % TAILS.size());
    rest /= TAILS.size();
    String topic = TOPICS.get(rest % TOPICS.size());
    rest /= TOPICS.size();
    return request(KINDS.get(rest / FORMS.size()), FORMS.get(rest % FORMS.size()), topic, tail);
  }

  /** Any request, for text that nobody answers. */
  static String any(Draws draws) {
    String kind = draws.one(KINDS);
    String form = draws.one(FORMS);
    String topic = draws.one(TOPICS);
    double category = draws.uniform();
    String tail =
        category < 0.4
            ? ""
            : category < 0.7
                ? forMy(draws.one(Slot.PERSON.words()))
                : atThe(draws.one(Slot.PLACE.words()));
    return request(kind, form, topic, tail).text();
  }

  private static Request request(String kind, String form, String topic, String tail) {
    return new Request("Write a " + kind + " " + form + " about the " + topic + tail + ".", topic);
  }

  private static List<String> tails() {
    List<String> tails = new ArrayList<>(List.of(""));
    Slot.PERSON.words().forEach(person -> tails.add(forMy(person)));
    Slot.PLACE.words().forEach(place -> tails.add(atThe(place)));
    return List.copyOf(tails);
  }

  private static String forMy(String person) {
    return " for my " + person;
  }

  private static String atThe(String place) {
    return " at the " + place;
  }

  /** A request and what it asks about. */
  record Request(String text, String topic) {
    Map<String, String> facts() {
      return Map.of("topic", topic);
    }
  }
}
