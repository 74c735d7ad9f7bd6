package dev.temper.trainers.estimate;

import java.util.Arrays;

/** Plain means. */
public final class Means {

  private Means() {}

  /** 0 without values. */
  public static double of(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  /** Sum of the squared differences from {@code center}. */
  static double squares(double[] values, double center) {
    double sum = 0;
    for (double value : values) {
      double difference = value - center;
      sum += difference * difference;
    }
    return sum;
  }

  /**
   * One mean for each prompt.
   *
   * @param samples {@code [prompts][samples of the prompt]}
   */
  public static double[] perPrompt(double[][] samples) {
    return Arrays.stream(samples).mapToDouble(Means::of).toArray();
  }
}
