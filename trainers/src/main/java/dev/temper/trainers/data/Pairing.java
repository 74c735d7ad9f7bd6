package dev.temper.trainers.data;

import dev.temper.recipes.NearestName;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.raw.Candidate;
import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.List;

/** How completions with scores become pairs. Two with equal scores are a tie, which is left out. */
interface Pairing {

  /** The rule where a recipe names none. */
  String BY_DEFAULT = "best-vs-other";

  /**
   * @param better before {@code worse} if their scores say so, else a tie
   */
  record Choice(Candidate better, Candidate worse) {

    static Choice of(Candidate a, Candidate b) {
      return b.score() > a.score() ? new Choice(b, a) : new Choice(a, b);
    }

    boolean isTie() {
      return better.score() == worse.score();
    }
  }

  /**
   * @param candidates of one prompt, at least two
   * @param promptId names the prompt in random numbers
   */
  List<Choice> choose(List<Candidate> candidates, long promptId, NamedRandom random);

  /** The rules: one line each. */
  record Named(String name, Pairing pairing) {
    static final List<Named> KNOWN =
        List.of(
            new Named(BY_DEFAULT, Pairing::bestAndOther),
            new Named("best-vs-worst", Pairing::bestAndWorst),
            new Named("all", Pairing::all));
  }

  /**
   * @throws StageFailure DataContract naming those that exist
   */
  static Pairing named(String name) {
    List<String> names = Named.KNOWN.stream().map(Named::name).toList();
    return Named.KNOWN.stream()
        .filter(known -> known.name().equals(name))
        .map(Named::pairing)
        .findFirst()
        .orElseThrow(
            () ->
                new StageFailure(
                    StageFailure.Type.DATA_CONTRACT,
                    "pairing must be one of %s, got '%s'%s"
                        .formatted(names, name, NearestName.hint(name, names))));
  }

  /** The best against a random one of the others. */
  private static List<Choice> bestAndOther(
      List<Candidate> candidates, long promptId, NamedRandom random) {
    int best = extreme(candidates, 1);
    int other = random.below(candidates.size() - 1, 0, promptId, 0, 0);
    return List.of(
        Choice.of(candidates.get(best), candidates.get(other < best ? other : other + 1)));
  }

  private static List<Choice> bestAndWorst(
      List<Candidate> candidates, long promptId, NamedRandom random) {
    return List.of(
        Choice.of(candidates.get(extreme(candidates, 1)), candidates.get(extreme(candidates, -1))));
  }

  private static List<Choice> all(List<Candidate> candidates, long promptId, NamedRandom random) {
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      for (int j = i + 1; j < candidates.size(); j++) {
        choices.add(Choice.of(candidates.get(i), candidates.get(j)));
      }
    }
    return choices;
  }

  /** The first of the best, or of the worst where {@code sign} is -1. */
  private static int extreme(List<Candidate> candidates, int sign) {
    int found = 0;
    for (int i = 1; i < candidates.size(); i++) {
      if (sign * candidates.get(i).score() > sign * candidates.get(found).score()) {
        found = i;
      }
    }
    return found;
  }
}
