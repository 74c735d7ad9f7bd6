package dev.temper.trainers.advantage;

/** Statistics of rewards in double precision. */
final class Rewards {

  private Rewards() {}

  static void requireFinite(double[] group, int prompt) {
    for (int i = 0; i < group.length; i++) {
      if (!Double.isFinite(group[i])) {
        throw new IllegalArgumentException(
            "rewards must be finite, [%d][%d] is %s".formatted(prompt, i, group[i]));
      }
    }
  }

  /** Whether there is no contrast at all; true for an empty group. */
  static boolean equal(double[] rewards) {
    for (double reward : rewards) {
      if (reward != rewards[0]) {
        return false;
      }
    }
    return true;
  }

  static double sum(double[] rewards) {
    double sum = 0;
    for (double reward : rewards) {
      sum += reward;
    }
    return sum;
  }

  static double mean(double[] rewards) {
    return sum(rewards) / rewards.length;
  }

  /** Standard deviation with {@code n - 1}. */
  static double sampleDeviation(double[] rewards) {
    double mean = mean(rewards);
    double squares = 0;
    for (double reward : rewards) {
      double difference = reward - mean;
      squares += difference * difference;
    }
    return Math.sqrt(squares / (rewards.length - 1));
  }

  static double[] minus(double[] rewards, double baseline) {
    double[] differences = new double[rewards.length];
    for (int i = 0; i < rewards.length; i++) {
      differences[i] = rewards[i] - baseline;
    }
    return differences;
  }
}
