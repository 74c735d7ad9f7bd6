package dev.temper.trainers.model;

import java.util.Arrays;
import java.util.Optional;

/**
 * A prompt and what follows it, as token ids. Log-probabilities and losses are of the completion
 * tokens only.
 *
 * @param prompt at least one token (the begin token, for plain documents)
 * @param completion at least one token; its end token, if it has one, is the last
 * @param mask which completion tokens count, where not all do: between turns of the assistant
 *     stands what others say
 */
public record Sequence(int[] prompt, int[] completion, Optional<boolean[]> mask) {

  /** All completion tokens count. */
  public Sequence(int[] prompt, int[] completion) {
    this(prompt, completion, Optional.empty());
  }

  /** The completion tokens that are true in the mask count; at least one is. */
  public static Sequence masked(int[] prompt, int[] completion, boolean[] mask) {
    Sequence masked = new Sequence(prompt, completion, Optional.of(mask));
    if (mask.length != completion.length || masked.trainedTokens() == 0) {
      throw new IllegalArgumentException(
          "a mask must have a place for each of %d tokens and be true somewhere, got %d places"
              .formatted(completion.length, mask.length));
    }
    return masked.trainedTokens() == mask.length ? new Sequence(prompt, completion) : masked;
  }

  public int length() {
    return prompt.length + completion.length;
  }

  /** Whether a completion token counts. */
  public boolean trained(int token) {
    return mask.isEmpty() || mask.get()[token];
  }

  /** Completion tokens that count. */
  public int trainedTokens() {
    if (mask.isEmpty()) {
      return completion.length;
    }
    int count = 0;
    for (boolean trained : mask.get()) {
      count += trained ? 1 : 0;
    }
    return count;
  }

  /**
   * What of it fits a model.
   *
   * @param maxTokens of prompt and completion together
   * @return the sequence itself, or its first tokens; empty where none of these counts
   */
  public Optional<Sequence> fit(int maxTokens) {
    int room = Math.max(0, maxTokens - prompt.length);
    Sequence fitting = room < completion.length ? cut(room) : this;
    return fitting.trainedTokens() > 0 ? Optional.of(fitting) : Optional.empty();
  }

  /** The first completion tokens alone; of those, none may count. */
  private Sequence cut(int tokens) {
    return new Sequence(
        prompt, Arrays.copyOf(completion, tokens), mask.map(all -> Arrays.copyOf(all, tokens)));
  }
}
