package dev.temper.trainers.selection;

import dev.temper.trainers.random.NamedRandom;
import java.util.List;
import java.util.OptionalInt;

/** A rule that keeps some of the completions of each prompt. */
@FunctionalInterface
public interface Selection {

  /**
   * The kept completions, each as {@code {prompt, completion}}. A prompt without an eligible
   * completion is left out; where fewer than {@code k} are eligible all of them are kept.
   *
   * @param rewards {@code [prompts][completions]}, not NaN
   * @param eligible same shape: what may be kept at all
   * @param k completions to keep, for the rules that look at all prompts together
   * @param random for the random rules
   */
  List<int[]> select(double[][] rewards, boolean[][] eligible, OptionalInt k, NamedRandom random);
}
