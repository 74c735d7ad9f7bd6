package dev.temper.trainers.loss;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * How the losses of tokens become one number: a weight for each token, over the whole batch, so
 * that {@code loss = sum_{b,t} weight[b,t] * tokenLoss[b,t]} and micro-batches add up exactly.
 *
 * <pre>
 *   sequence-mean: 1 / (sequences * tokens of the sequence)     GRPO, arXiv:2402.03300, eq. (3)
 *   token-mean:    1 / tokens of the batch                      DAPO, arXiv:2503.14476
 *   fixed-length:  1 / (sequences * maxLength)                  Dr. GRPO, arXiv:2503.20783
 * </pre>
 *
 * <p>A sequence without tokens adds 0 and still counts among the sequences.
 */
public final class Aggregation {

  /** In the order of the class comment. */
  static final List<String> NAMES = List.of("sequence-mean", "token-mean", "fixed-length");

  private static final Map<String, IntFunction<Divisor>> RULES =
      Map.of(
          "sequence-mean", maxLength -> (sequences, tokens, length) -> sequences * length,
          "token-mean", maxLength -> (sequences, tokens, length) -> tokens,
          "fixed-length", Aggregation::fixedLength);

  private final Divisor divisor;

  /**
   * @param name one of {@code sequence-mean, token-mean, fixed-length}
   * @param maxLength tokens, for {@code fixed-length} only
   */
  public Aggregation(String name, int maxLength) {
    if (!RULES.containsKey(name)) {
      throw new IllegalArgumentException(
          "aggregation must be one of %s, got '%s'".formatted(NAMES, name));
    }
    this.divisor = RULES.get(name).apply(maxLength);
  }

  private static Divisor fixedLength(int maxLength) {
    if (maxLength < 1) {
      throw new IllegalArgumentException(
          "maxLength must be at least 1 with aggregation fixed-length, got " + maxLength);
    }
    return (sequences, tokens, length) -> sequences * maxLength;
  }

  /**
   * The weight of every token of each sequence.
   *
   * @param lengths completion tokens of each sequence of the whole batch, not of a micro-batch
   */
  public double[] weights(int[] lengths) {
    double tokens = 0;
    for (int length : lengths) {
      tokens += length;
    }
    double[] weights = new double[lengths.length];
    for (int b = 0; b < lengths.length; b++) {
      weights[b] = lengths[b] == 0 ? 0 : 1 / divisor.of(lengths.length, tokens, lengths[b]);
    }
    return weights;
  }

  /**
   * The same laid out as {@code [B][columns]}, 0 after the end of a sequence.
   *
   * @param columns at least the longest length
   */
  public float[][] weights(int[] lengths, int columns) {
    double[] perSequence = weights(lengths);
    float[][] weights = new float[lengths.length][columns];
    for (int b = 0; b < lengths.length; b++) {
      Arrays.fill(weights[b], 0, lengths[b], (float) perSequence[b]);
    }
    return weights;
  }

  /** Divides a token's loss. */
  private interface Divisor {
    double of(double sequences, double tokens, double length);
  }
}
