package dev.temper.trainers.selection;

import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.selection.Candidates.Candidate;
import java.util.List;
import java.util.OptionalInt;

/** One completion of each prompt whatever its reward: the control of {@link TopPerPrompt}. */
final class RandomPerPrompt implements Selection {

  @Override
  public List<int[]> select(
      double[][] rewards, boolean[][] eligible, OptionalInt k, NamedRandom random) {
    return Candidates.perPrompt(rewards, eligible).stream()
        .filter(candidates -> !candidates.isEmpty())
        .map(candidates -> drawn(candidates, random).pair())
        .toList();
  }

  /** Drawn by the prompt's index: what other prompts hold changes nothing. */
  private static Candidate drawn(List<Candidate> candidates, NamedRandom random) {
    int prompt = candidates.get(0).prompt();
    return candidates.get(random.below(candidates.size(), 0, prompt, 0, 0));
  }
}
