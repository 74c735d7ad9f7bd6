package dev.temper.trainers.selection;

import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.selection.Candidates.Candidate;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * k different completions of all prompts whatever their rewards, in order of prompts: the control
 * of {@link TopKOverall}.
 */
final class RandomKOverall implements Selection {

  @Override
  public List<int[]> select(
      double[][] rewards, boolean[][] eligible, OptionalInt k, NamedRandom random) {
    List<Candidate> candidates = Candidates.overall(rewards, eligible);
    return Arrays.stream(random.permutation(candidates.size(), 0))
        .limit(Candidates.requireK(k, "random-k-overall"))
        .sorted()
        .mapToObj(i -> candidates.get(i).pair())
        .toList();
  }
}
