package dev.temper.trainers.stage;

import dev.temper.trainers.model.Sequence;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Two completions of one prompt, compared: a line of {@code pairs.jsonl}.
 *
 * @param promptTokens the rendered prompt
 * @param chosen ids of the preferred completion, end token included where it was sampled
 * @param rejected ids of the other one
 * @param goldChosen the truth about the preferred completion, where it is known; may be the lower
 *     of the two
 * @param tie the labeller saw no difference; which one is called chosen then means nothing
 */
record PairRow(
    String prompt,
    long promptId,
    Map<String, String> facts,
    int[] promptTokens,
    int[] chosen,
    int[] rejected,
    String chosenText,
    String rejectedText,
    boolean chosenEnded,
    boolean rejectedEnded,
    Optional<Double> goldChosen,
    Optional<Double> goldRejected,
    boolean tie) {

  static final String FILE = "pairs.jsonl";

  PairRow {
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
  }

  Sequence chosenSequence() {
    return new Sequence(promptTokens, chosen);
  }

  Sequence rejectedSequence() {
    return new Sequence(promptTokens, rejected);
  }

  /** The preferred completion, to be looked at. */
  SampleLine chosenSample(long step, Optional<Double> score) {
    return new SampleLine(step, prompt, chosenText, chosenEnded, goldChosen, score);
  }

  /** The other completion, to be looked at. */
  SampleLine rejectedSample(long step, Optional<Double> score) {
    return new SampleLine(step, prompt, rejectedText, rejectedEnded, goldRejected, score);
  }

  /** A comparison of a completion with itself: no reward model can learn from it. */
  boolean tokenIdentical() {
    return Arrays.equals(chosen, rejected);
  }

  /** Whether gold tells the two apart. */
  boolean goldDecides() {
    return goldChosen.isPresent()
        && goldRejected.isPresent()
        && !goldChosen.get().equals(goldRejected.get());
  }

  /** Whether gold prefers the chosen one; meaningful where gold decides. */
  boolean goldAgrees() {
    return goldChosen.orElseThrow() > goldRejected.orElseThrow();
  }
}
