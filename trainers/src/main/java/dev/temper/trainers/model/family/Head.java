package dev.temper.trainers.model.family;

/** What stands on top of the last layer. */
public enum Head {
  /** Next-token logits. */
  LANGUAGE_MODEL,
  /** One score per sequence. */
  SCORE
}
