package dev.temper.trainers.data;

/** A reward that can be checked: right or wrong by rule. */
public interface Verifier {

  /**
   * From 0 to 1, not yet multiplied by {@link #weight()}.
   *
   * @param completion text without end token
   * @param ended whether it ended by itself rather than at the token limit
   */
  double score(Prompt prompt, String completion, boolean ended);

  /** As registered. */
  String name();

  /** What the score counts for in a reward that has several parts. */
  double weight();
}
