package dev.temper.trainers;

/**
 * A sign of life from inside a step. Never throws: a half-done step must not end in a checkpoint.
 */
@FunctionalInterface
public interface Pulse {

  /** For callers that nobody watches. */
  Pulse NONE = () -> {};

  void beat();

  /**
   * The same at a named moment of a step, such as {@code rollout.before}; those who watch may stop
   * the process there.
   */
  default void at(String moment) {
    beat();
  }
}
