package dev.temper.infra.chaos;

import java.util.Locale;

/**
 * A kill to come.
 *
 * @param moment as {@link dev.temper.activities.StageFailpoints} names it; empty for a random time
 * @param kind of the stage that must reach the moment; empty for a moment of the run itself
 */
public record Blow(Target target, String moment, String kind) {

  /** A kill at a random time. */
  static Blow random(Target target) {
    return new Blow(target, "", "");
  }

  boolean isNamed() {
    return !moment.isEmpty();
  }

  /** For people: {@code worker at checkpoint.file of sft}. */
  String text() {
    String who = target.name().toLowerCase(Locale.ROOT);
    return isNamed()
        ? who + " at " + moment + (kind.isEmpty() ? "" : " of " + kind)
        : who + " at random";
  }
}
