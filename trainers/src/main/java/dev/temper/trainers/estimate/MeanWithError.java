package dev.temper.trainers.estimate;

/**
 * A mean over prompts with its standard error.
 *
 * <p>Prompts are the independent units: several samples of one prompt are averaged first ({@link
 * #clustered}), so that their number does not feign precision.
 *
 * @param mean 0 without values
 * @param standardError sample deviation (with {@code n - 1}) over {@code sqrt(n)}; 0 for fewer than
 *     two values, where nothing can be said
 * @param n prompts
 */
public record MeanWithError(double mean, double standardError, int n) {

  public static MeanWithError of(double[] perPrompt) {
    int n = perPrompt.length;
    double mean = Means.of(perPrompt);
    double variance = Means.squares(perPrompt, mean) / (n - 1);
    return new MeanWithError(mean, n < 2 ? 0 : Math.sqrt(variance / n), n);
  }

  /**
   * The mean of the prompts' means.
   *
   * @param samples {@code [prompts][samples of the prompt]}
   */
  public static MeanWithError clustered(double[][] samples) {
    return of(Means.perPrompt(samples));
  }
}
