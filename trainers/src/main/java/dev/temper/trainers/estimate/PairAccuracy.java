package dev.temper.trainers.estimate;

/** How often a score puts the chosen completion of a pair first; a tie counts half. */
public final class PairAccuracy {

  private PairAccuracy() {}

  /** 1, 0.5 or 0 for each pair: to be averaged, or resampled by prompt. */
  public static double[] perPair(double[] chosen, double[] rejected) {
    if (chosen.length != rejected.length) {
      throw new IllegalArgumentException(
          "chosen and rejected must be of the same pairs, got %d and %d"
              .formatted(chosen.length, rejected.length));
    }
    double[] right = new double[chosen.length];
    for (int i = 0; i < chosen.length; i++) {
      right[i] = chosen[i] > rejected[i] ? 1 : chosen[i] == rejected[i] ? 0.5 : 0;
    }
    return right;
  }
}
