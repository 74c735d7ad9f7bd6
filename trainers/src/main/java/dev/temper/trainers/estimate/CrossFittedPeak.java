package dev.temper.trainers.estimate;

import dev.temper.trainers.random.NamedRandom;
import java.util.Arrays;

/**
 * The highest point of a curve without the optimism of a maximum over noise: the point is chosen on
 * one half of the prompts and measured on the other, both ways.
 *
 * @param chosenOnFirstHalf index of the point that is highest on the first half; the earliest among
 *     equals
 * @param chosenOnSecondHalf the same of the second half
 * @param peak the value at the chosen point, each prompt measured at the point that the other half
 *     chose
 * @param drop the same less the value at the last point, paired by prompt: positive where the curve
 *     falls after its peak. Intervals hold the chosen points fixed
 */
public record CrossFittedPeak(
    int chosenOnFirstHalf, int chosenOnSecondHalf, Interval peak, Interval drop) {

  /**
   * @param values {@code [points][prompts]}, the same prompts at every point; 1 point and 2 prompts
   *     at least
   * @param random splits the prompts
   */
  public static CrossFittedPeak of(double[][] values, NamedRandom random, Bootstrap bootstrap) {
    int prompts = values.length == 0 ? 0 : values[0].length;
    if (prompts < 2) {
      throw new IllegalArgumentException(
          "a cross-fitted peak needs 1 point and 2 prompts at least, got %d and %d"
              .formatted(values.length, prompts));
    }
    int[] order = random.permutation(prompts, 0);
    int[] first = Arrays.copyOfRange(order, 0, prompts / 2);
    int[] second = Arrays.copyOfRange(order, prompts / 2, prompts);
    int onFirst = highest(values, first);
    int onSecond = highest(values, second);

    double[] atPeak = new double[prompts];
    for (int prompt : first) {
      atPeak[prompt] = values[onSecond][prompt];
    }
    for (int prompt : second) {
      atPeak[prompt] = values[onFirst][prompt];
    }
    double[] atEnd = values[values.length - 1];
    return new CrossFittedPeak(
        onFirst, onSecond, bootstrap.mean(atPeak), PairedDifference.of(atPeak, atEnd, bootstrap));
  }

  private static int highest(double[][] values, int[] prompts) {
    double[] means =
        Arrays.stream(values)
            .mapToDouble(point -> Arrays.stream(prompts).mapToDouble(p -> point[p]).sum())
            .toArray();
    return PeakRules.highest(means);
  }
}
