package dev.temper.trainers.selection;

import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.selection.Candidates.Candidate;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/** The best completion of each prompt, the first among equals; in order of prompts. */
final class TopPerPrompt implements Selection {

  @Override
  public List<int[]> select(
      double[][] rewards, boolean[][] eligible, OptionalInt k, NamedRandom random) {
    return Candidates.perPrompt(rewards, eligible).stream()
        .flatMap(
            candidates ->
                candidates.stream()
                    .sorted(Comparator.comparingDouble(Candidate::reward).reversed())
                    .limit(1))
        .map(Candidate::pair)
        .toList();
  }
}
