package dev.temper.trainers;

/**
 * A sign of life from inside a step. Never throws: a half-done step must not end in a checkpoint.
 */
@FunctionalInterface
public interface Pulse {

  /** For callers that nobody watches. */
  Pulse NONE = () -> {};

  void beat();
}
