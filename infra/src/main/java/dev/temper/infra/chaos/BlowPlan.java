package dev.temper.infra.chaos;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Chooses the blows of a killed run: every kind of stage and every moment at least once where there
 * are blows enough, the rest at random times, in an order in which none is missed.
 */
final class BlowPlan {

  /** Moments that only a stage with checkpoints reaches. */
  static final List<String> WITH_CHECKPOINTS =
      List.of(
          "checkpoint.file",
          "checkpoint.before-publish",
          "checkpoint.after-publish",
          "stage.restored");

  /**
   * Moments that every stage reaches: inside a step, after it, and in the commit of the artifact.
   */
  static final List<String> WITHOUT =
      List.of(
          "stage.pulse",
          "artifact.file",
          "stage.step",
          "artifact.before-publish",
          "artifact.after-publish");

  /** One of so many blows comes at a random time. */
  private static final int ONE_RANDOM_OF = 2;

  private final RunTrace clean;
  private final List<Target> targets;
  private final Random random;

  BlowPlan(RunTrace clean, Set<Target> targets, Random random) {
    this.clean = clean;
    this.targets = targets.stream().sorted().toList();
    this.random = random;
  }

  /** Kills at random times, all in one run. */
  Deque<Blow> atRandom(int kills) {
    Deque<Blow> blows = new ArrayDeque<>();
    for (int i = 0; i < kills; i++) {
      blows.add(Blow.random(targets.get(i % targets.size())));
    }
    return blows;
  }

  /**
   * One run's worth of kills at named moments: per kind one, in the order in which the kinds come
   * to their ends.
   *
   * @param round moments and targets go around with it
   */
  Deque<Blow> named(int round) throws IOException {
    Deque<Blow> blows = new ArrayDeque<>();
    int index = 0;
    for (String kind : clean.kindsByEnd()) {
      List<String> moments = new ArrayList<>(WITHOUT);
      if (clean.makesCheckpoints(kind)) {
        moments.addAll(0, WITH_CHECKPOINTS);
      }
      String moment = moments.get((round + index) % moments.size());
      blows.add(new Blow(targets.get((round + index) % targets.size()), moment, kind));
      index++;
    }
    return blows;
  }

  /** Runs with the asked number of kills in all. */
  List<Deque<Blow>> runs(int kills, int killsPerRun) throws IOException {
    List<Deque<Blow>> runs = new ArrayList<>();
    int left = kills;
    for (int round = 0; left > 0; round++) {
      boolean atRandom = round % ONE_RANDOM_OF == 1;
      Deque<Blow> blows =
          atRandom ? atRandom(Math.min(left, killsPerRun)) : first(left, named(round));
      left -= blows.size();
      runs.add(blows);
    }
    return runs;
  }

  private static Deque<Blow> first(int count, Deque<Blow> blows) {
    return new ArrayDeque<>(new ArrayList<>(blows).subList(0, Math.min(count, blows.size())));
  }

  /** How long to wait before a random blow, when so many of them share what is left. */
  double seconds(double left, int blows) {
    return 2 * random.nextDouble() * left / (blows + 1);
  }

  /** Kinds that the plan can hit. */
  Set<String> kinds() {
    return new LinkedHashSet<>(clean.kinds().values());
  }
}
