package dev.temper.trainers.selection;

import dev.temper.trainers.selection.Candidates.Candidate;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Whether picking by reward beats picking at random where that can make a difference.
 *
 * @param prompts prompts with an eligible completion
 * @param decidablePrompts those that have both a right and a wrong eligible completion
 * @param argMaxHitRate share of decidable prompts whose best-rewarded completion (the first among
 *     equals) is right; empty without decidable prompts
 * @param randomHitRate what a uniform choice is expected to reach on the same prompts: the mean
 *     share of right completions
 */
public record SelectionDiagnostics(
    int prompts, int decidablePrompts, OptionalDouble argMaxHitRate, OptionalDouble randomHitRate) {

  /**
   * @param rewards {@code [prompts][completions]}
   * @param eligible same shape
   * @param right same shape: whether a completion is right by a standard other than the reward
   */
  public static SelectionDiagnostics of(
      double[][] rewards, boolean[][] eligible, boolean[][] right) {
    List<List<Candidate>> prompts =
        Candidates.perPrompt(rewards, eligible).stream()
            .filter(candidates -> !candidates.isEmpty())
            .toList();
    List<List<Candidate>> decidable =
        prompts.stream()
            .filter(candidates -> rightShare(candidates, right) > 0)
            .filter(candidates -> rightShare(candidates, right) < 1)
            .toList();
    return new SelectionDiagnostics(
        prompts.size(),
        decidable.size(),
        decidable.stream().mapToDouble(candidates -> bestIsRight(candidates, right)).average(),
        decidable.stream().mapToDouble(candidates -> rightShare(candidates, right)).average());
  }

  /** Decidable prompts among all, 0 without prompts. */
  public double decidableFraction() {
    return prompts == 0 ? 0 : decidablePrompts / (double) prompts;
  }

  private static double rightShare(List<Candidate> candidates, boolean[][] right) {
    long count = candidates.stream().filter(c -> right[c.prompt()][c.completion()]).count();
    return count / (double) candidates.size();
  }

  private static double bestIsRight(List<Candidate> candidates, boolean[][] right) {
    Candidate best =
        candidates.stream()
            .sorted(Comparator.comparingDouble(Candidate::reward).reversed())
            .findFirst()
            .orElseThrow();
    return right[best.prompt()][best.completion()] ? 1 : 0;
  }
}
