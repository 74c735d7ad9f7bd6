package dev.temper.trainers.model;

/**
 * A sampled completion.
 *
 * @param tokens sampled ids, the end token included where it was sampled
 * @param logProbs natural log-probability of each token under the temperature-scaled, untruncated
 *     distribution it was sampled from; at temperature 0 under temperature 1; none of a completion
 *     that another program sampled
 * @param ended whether the last token is the end token
 */
public record Completion(int[] tokens, float[] logProbs, boolean ended) {
  /** What another program sampled was not sampled from a distribution that is known here. */
  public static final float[] NO_LOG_PROBS = {};

  public boolean hasLogProbs() {
    return logProbs.length == tokens.length;
  }
}
