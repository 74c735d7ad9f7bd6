package dev.temper.trainers.stage;

import java.util.Arrays;

/** Values of completions, prompt after prompt, as one row for each prompt. */
final class Groups {
  private Groups() {}

  /**
   * {@code [prompts][group]}.
   *
   * @param values as many for each prompt
   */
  static double[][] of(double[] values, int size) {
    double[][] groups = new double[values.length / size][];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = Arrays.copyOfRange(values, i * size, (i + 1) * size);
    }
    return groups;
  }
}
