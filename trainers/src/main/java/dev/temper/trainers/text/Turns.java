package dev.temper.trainers.text;

import java.util.Locale;

/** Which turns of a conversation are trained. */
public enum Turns {
  /** The last turn, with all turns before it as its prompt. */
  FINAL,
  /** All turns of the assistant, in one sequence. */
  ALL,
  /**
   * Every turn of the assistant as a sequence of its own, without what follows it: what a template
   * that changes earlier turns needs, and what the model meets when it is used.
   */
  UNROLLED;

  /** By its name in recipes. */
  public static Turns named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }
}
