package dev.temper.trainers.data;

import dev.temper.recipes.LabellerSpec;
import dev.temper.trainers.random.NamedRandom;

/**
 * A simulated annotator who sees the gold scores of two completions through noise.
 *
 * <pre>
 *   P(A over B) = 1 / (1 + exp(-(gold A - gold B) / noise))      Bradley-Terry
 * </pre>
 *
 * <p>Without noise the better one always wins, and equal ones are a coin toss. With a tie band
 * above 0, pairs whose scores differ by at most that are a tie.
 */
public final class GoldLabeller {

  private final double noise;
  private final double tieBand;

  /**
   * @param noise in units of gold, 0 or more
   * @param tieBand in units of gold, 0 for no ties
   */
  public GoldLabeller(double noise, double tieBand) {
    if (!(noise >= 0) || !(tieBand >= 0)) {
      throw new IllegalArgumentException(
          "labeller: noise and tieBand must be >= 0, got " + noise + " and " + tieBand);
    }
    this.noise = noise;
    this.tieBand = tieBand;
  }

  public static GoldLabeller of(LabellerSpec spec) {
    return new GoldLabeller(spec.noise(), spec.tieBand());
  }

  /** What an annotator says about two completions. */
  public enum Label {
    A,
    B,
    TIE
  }

  /**
   * Compares two completions of a prompt.
   *
   * @param promptId names the prompt in the random numbers
   * @param pair which pair of completions of this prompt it is, from 0
   * @param goldA gold score of the first
   * @param goldB gold score of the second
   */
  public Label label(long promptId, int pair, double goldA, double goldB, NamedRandom random) {
    double difference = goldA - goldB;
    if (tieBand > 0 && Math.abs(difference) <= tieBand) {
      return Label.TIE;
    }
    return random.uniformDouble(0, promptId, pair, 0) < preferA(difference) ? Label.A : Label.B;
  }

  private double preferA(double difference) {
    if (noise == 0) {
      return difference == 0 ? 0.5 : difference > 0 ? 1 : 0;
    }
    return 1 / (1 + Math.exp(-difference / noise));
  }
}
