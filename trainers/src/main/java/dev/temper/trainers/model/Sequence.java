package dev.temper.trainers.model;

/**
 * A prompt and what follows it, as token ids. Log-probabilities and losses are of the completion
 * tokens only.
 *
 * @param prompt at least one token (the begin token, for plain documents)
 * @param completion at least one token; its end token, if it has one, is the last
 */
public record Sequence(int[] prompt, int[] completion) {
  public int length() {
    return prompt.length + completion.length;
  }
}
