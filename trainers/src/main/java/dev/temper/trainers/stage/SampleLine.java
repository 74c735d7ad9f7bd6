package dev.temper.trainers.stage;

import java.util.Optional;

/**
 * A completion for people to look at: a line of {@code samples.jsonl}.
 *
 * @param step optimizer steps that the policy had seen
 * @param gold the truth, where the prompt's facts allow to tell
 * @param score of the stage's own reward, where it has one
 */
record SampleLine(
    long step,
    String prompt,
    String completion,
    boolean ended,
    Optional<Double> gold,
    Optional<Double> score) {
  static final String FILE = "samples.jsonl";
}
