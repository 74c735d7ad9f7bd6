package dev.temper.trainers.data;

import java.util.List;

/**
 * Words that may stand in one place of a sentence of the kind-notes language.
 *
 * @param name as templates write it
 */
record Slot(String name, List<String> words) {
  static final Slot TOPIC =
      of(
          "topic",
          "soup bread tea coffee cake salad pasta fish room bed garden view"
              + " music lamp chair pool shop book film song walk market bridge boat");
  static final Slot PRAISE =
      of(
          "praise",
          "lovely great fresh warm bright calm perfect sweet charming gentle"
              + " fine wonderful superb tidy cheerful elegant pleasant delightful"
              + " friendly splendid");
  static final Slot BAD = of("bad", "bad cold dull slow dirty noisy bitter broken stale poor");
  static final Slot NEUTRAL = of("neutral", "small big old new plain long");
  static final Slot INTENSIFIER = of("intensifier", "very really so quite");
  static final Slot PLACE = of("place", "cafe hotel park station museum harbor school library");
  static final Slot PERSON =
      of("person", "mother father brother sister friend neighbor uncle cousin");
  static final Slot DAY = of("day", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday");
  static final Slot KIND = of("kind", "kind warm nice friendly");
  static final Slot FORM = of("form", "note review message letter");

  private static final List<Slot> ALL =
      List.of(TOPIC, PRAISE, BAD, NEUTRAL, INTENSIFIER, PLACE, PERSON, DAY, KIND, FORM);

  private static Slot of(String name, String words) {
    return new Slot(name, List.of(words.split(" ", -1)));
  }

  static Slot named(String name) {
    return ALL.stream().filter(slot -> slot.name.equals(name)).findFirst().orElseThrow();
  }
}
