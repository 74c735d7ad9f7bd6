package dev.temper.trainers.selection;

import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.selection.Candidates.Candidate;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * The k best completions of all prompts, best first, the first among equals. Easy prompts may take
 * more than their share.
 */
final class TopKOverall implements Selection {

  @Override
  public List<int[]> select(
      double[][] rewards, boolean[][] eligible, OptionalInt k, NamedRandom random) {
    return Candidates.overall(rewards, eligible).stream()
        .sorted(Comparator.comparingDouble(Candidate::reward).reversed())
        .limit(Candidates.requireK(k, "top-k-overall"))
        .map(Candidate::pair)
        .toList();
  }
}
