package dev.temper.trainers.template;

/**
 * What one rendering may use, so that a template from anywhere ends.
 *
 * <p>Text is counted when it is made, before it takes memory.
 */
final class Budget {

  /** Longest width that padding and indentation take. */
  static final int WIDTH = 1000;

  /** Most characters that one text may have, and all texts of a rendering together. */
  static final int LONGEST = 1 << 24;

  /** As in Jinja's sandbox. */
  static final int RANGE = 100_000;

  private static final int CALLS = 200;

  private final long steps;
  private final long characters;
  private long stepsUsed;
  private long charactersUsed;
  private int depth;

  Budget(long steps, long characters) {
    this.steps = steps;
    this.characters = characters;
  }

  void step() {
    if (++stepsUsed > steps) {
      throw TemplateException.limit("the template takes more than " + steps + " steps");
    }
  }

  /** Characters of text, or items of lists. */
  void allocate(long count) {
    charactersUsed += count;
    if (charactersUsed > characters || charactersUsed < 0) {
      throw TemplateException.limit(
          "the template makes more than " + characters + " characters of text");
    }
  }

  void enter() {
    if (++depth > CALLS) {
      throw TemplateException.limit("the template calls itself more than " + CALLS + " deep");
    }
  }

  void leave() {
    depth--;
  }
}
