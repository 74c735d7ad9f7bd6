package dev.temper.trainers.data;

import java.util.Map;

/** The truth of a simulated experiment: scores a completion without error. Never trained on. */
public interface GoldScorer {

  /**
   * Higher is better.
   *
   * @param completion text without end token
   * @param ended whether it ended by itself rather than at the token limit
   */
  double score(Prompt prompt, String completion, boolean ended);

  /** What the score is the sum of, by name. */
  Map<String, Double> parts(Prompt prompt, String completion, boolean ended);
}
