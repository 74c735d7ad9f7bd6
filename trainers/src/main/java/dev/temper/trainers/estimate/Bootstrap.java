package dev.temper.trainers.estimate;

import dev.temper.trainers.random.NamedRandom;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/**
 * The percentile bootstrap over whole prompts.
 *
 * <p>Source: Efron (1979). Each resample draws as many prompts as there are, with replacement. The
 * draws depend on the random numbers' name, the resample and the number of prompts alone: two
 * statistics of the same prompts are resampled alike.
 */
public final class Bootstrap {

  private final int resamples;
  private final NamedRandom random;

  /**
   * @param resamples 1 or more; an interval wants a thousand
   */
  public Bootstrap(int resamples, NamedRandom random) {
    if (resamples < 1) {
      throw new IllegalArgumentException("resamples must be at least 1, got " + resamples);
    }
    this.resamples = resamples;
    this.random = random;
  }

  /**
   * The statistic on each resample, ascending.
   *
   * @param prompts 1 or more
   * @param statistic of the indices of the drawn prompts
   */
  public double[] distribution(int prompts, ToDoubleFunction<int[]> statistic) {
    if (prompts < 1) {
      throw new IllegalArgumentException("there must be at least 1 prompt to resample");
    }
    double[] values = new double[resamples];
    int[] drawn = new int[prompts];
    for (int resample = 0; resample < resamples; resample++) {
      for (int i = 0; i < prompts; i++) {
        drawn[i] = random.below(prompts, resample, i, 0, 0);
      }
      values[resample] = statistic.applyAsDouble(drawn);
    }
    Arrays.sort(values);
    return values;
  }

  /** The mean with its 95 % interval. */
  public Interval mean(double[] perPrompt) {
    double[] means = means(perPrompt);
    return new Interval(
        Means.of(perPrompt), percentile(means, 0.025), percentile(means, 0.975), perPrompt.length);
  }

  /** The mean; its standard error is the deviation of the resampled means. */
  public MeanWithError meanWithError(double[] perPrompt) {
    double[] means = means(perPrompt);
    double center = Means.of(means);
    double variance = Means.squares(means, center) / means.length;
    return new MeanWithError(Means.of(perPrompt), Math.sqrt(variance), perPrompt.length);
  }

  private double[] means(double[] perPrompt) {
    return distribution(
        perPrompt.length,
        drawn -> Arrays.stream(drawn).mapToDouble(i -> perPrompt[i]).average().orElse(0));
  }

  /**
   * The value below which a share of the values lies, between neighbours by linear interpolation.
   *
   * @param ascending 1 value or more
   * @param share in [0, 1]
   */
  static double percentile(double[] ascending, double share) {
    double rank = share * (ascending.length - 1);
    int below = (int) rank;
    int above = (int) Math.ceil(rank);
    return ascending[below] + (rank - below) * (ascending[above] - ascending[below]);
  }
}
