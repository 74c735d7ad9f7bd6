package dev.temper.infra.chaos;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Chooses the blows of a killed run: every kind of stage and every moment at least once where there
 * are blows enough, the rest at random times, in an order in which none is missed.
 */
final class BlowPlan {

  /** Moments that only a stage with checkpoints surely reaches again after a kill. */
  private static final Pattern OF_CHECKPOINTS = Pattern.compile("checkpoint\\..*|stage\\.restored");

  /** Kind of the moments that belong to no stage. */
  private static final String RUN = "";

  /** So many kinds of stages for one moment of the run itself. */
  private static final int KINDS_BETWEEN = 2;

  /** At most one of so many kills is spent on moments before the first at a random time. */
  private static final int ONE_NAMED_OF = 2;

  private final RunTrace clean;
  private final List<Target> targets;
  private final Random random;
  private final Map<String, List<String>> moments;
  private final Map<String, Integer> planned = new HashMap<>();
  private int named;

  /**
   * For the recipe of a clean run.
   *
   * @param clean whose processes told which moments there are
   */
  BlowPlan(RunTrace clean, Set<Target> targets, Random random) throws IOException {
    this.clean = clean;
    this.moments = clean.moments();
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
   * to their ends, and between them some of the run itself, which come again and again. Each time
   * the moment that was chosen least.
   */
  Deque<Blow> named() throws IOException {
    Deque<Blow> blows = new ArrayDeque<>();
    int kinds = 0;
    for (String kind : clean.kindsByEnd()) {
      if (kinds % KINDS_BETWEEN == 0) {
        next(RUN).ifPresent(blows::add);
      }
      next(kind).ifPresent(blows::add);
      kinds++;
    }
    return blows;
  }

  private Optional<Blow> next(String kind) throws IOException {
    Optional<String> moment =
        ofKind(kind).stream().min(Comparator.comparingInt(some -> planned.getOrDefault(some, 0)));
    moment.ifPresent(some -> planned.merge(some, 1, Integer::sum));
    return moment.map(some -> new Blow(targets.get(named++ % targets.size()), some, kind));
  }

  private List<String> ofKind(String kind) throws IOException {
    List<String> all = new ArrayList<>(moments.getOrDefault(kind, List.of()));
    if (!clean.makesCheckpoints(kind)) {
      all.removeIf(moment -> OF_CHECKPOINTS.matcher(moment).matches());
    }
    return all;
  }

  /** Moments that the plan can hit, of any kind. */
  Set<String> moments() throws IOException {
    Set<String> all = new TreeSet<>(ofKind(RUN));
    for (String kind : kinds()) {
      all.addAll(ofKind(kind));
    }
    return all;
  }

  /**
   * Runs with the asked number of kills in all: at named moments until each was planned once or
   * half of the kills are gone, then at random times and at named moments by turns.
   */
  List<Deque<Blow>> runs(int kills, int killsPerRun) throws IOException {
    List<Deque<Blow>> runs = new ArrayList<>();
    boolean atRandom = false;
    for (int left = kills; left > 0; ) {
      Deque<Blow> blows = atRandom ? atRandom(Math.min(left, killsPerRun)) : first(left, named());
      left -= blows.size();
      runs.add(blows);
      boolean enough =
          planned.keySet().containsAll(moments())
              || kills - left + blows.size() > kills / ONE_NAMED_OF;
      atRandom = !atRandom && enough;
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
