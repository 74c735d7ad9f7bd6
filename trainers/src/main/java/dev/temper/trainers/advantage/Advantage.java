package dev.temper.trainers.advantage;

/** How much better each completion is than what was to be expected for it. */
@FunctionalInterface
public interface Advantage {

  /**
   * In double precision. Where all rewards that a baseline is taken over are equal, the advantages
   * are exactly 0: no rounding error is ever divided by a tiny deviation.
   *
   * @param rewards {@code [prompts][completions of the prompt]}, finite
   * @return the same shape, in units of reward (grpo: of standard deviations)
   * @throws IllegalArgumentException for a reward that is not finite, or a group too small for the
   *     baseline
   */
  double[][] compute(double[][] rewards);
}
