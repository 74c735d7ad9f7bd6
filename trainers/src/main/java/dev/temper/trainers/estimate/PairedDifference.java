package dev.temper.trainers.estimate;

/** The difference of two measurements of the same prompts: what prompts share cancels. */
public final class PairedDifference {

  private PairedDifference() {}

  /**
   * Mean of {@code a - b} with its 95 % interval over prompts.
   *
   * @param a one value for each prompt
   * @param b of the same prompts in the same order
   */
  public static Interval of(double[] a, double[] b, Bootstrap bootstrap) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "paired values must be of the same prompts, got %d and %d".formatted(a.length, b.length));
    }
    double[] differences = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      differences[i] = a[i] - b[i];
    }
    return bootstrap.mean(differences);
  }
}
