package dev.temper.infra.chaos;

import dev.temper.infra.mlflow.MlflowPoints;
import dev.temper.infra.stack.StackEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a recipe once clean and then again and again with kills, each time until its end, and
 * compares what they leave.
 */
public final class Chaos {

  /** Makes the processes of a run. */
  interface Arenas {
    Arena in(Path home) throws IOException, InterruptedException;
  }

  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(30);

  /** From so many kills per named moment on, each has to be hit. */
  private static final long ENOUGH_OF_EACH = 2;

  private final Path folder;
  private final Arenas arenas;
  private final Points points;
  private final long seed;
  private final String version;
  private final Consumer<String> say;
  private final List<Certificate.Fallen> fallen = new ArrayList<>();
  private final Set<Blow> missed = new HashSet<>();

  Chaos(
      Path folder, Arenas arenas, Points points, long seed, String version, Consumer<String> say) {
    this.folder = folder;
    this.arenas = arenas;
    this.points = points;
    this.seed = seed;
    this.version = version;
    this.say = say;
  }

  /** With Temporal inside the process that is killed. */
  public static Chaos embedded(
      Path recipe,
      Path folder,
      List<String> temper,
      long seed,
      String version,
      Consumer<String> say) {
    return new Chaos(
        folder, home -> new EmbeddedArena(home, temper, recipe), Points.NONE, seed, version, say);
  }

  /**
   * With Temporal, S3 and MLflow of its own for every run, and a worker process.
   *
   * @param environment where programs are looked for, and what processes inherit
   */
  public static Chaos servers(
      Path recipe,
      Path folder,
      List<String> temper,
      Map<String, String> environment,
      long seed,
      String version,
      Consumer<String> say) {
    return new Chaos(
        folder,
        home -> new StackArena(home, temper, recipe, environment),
        home ->
            new MlflowPoints(StackEnvironment.over(environment, home))
                .of(RunTrace.of(home).recipe()),
        seed,
        version,
        say);
  }

  /**
   * Runs clean once and kills so often.
   *
   * @param targets empty for all that the arena has
   * @throws IllegalStateException if the clean run does not end well
   */
  public Certificate certify(int kills, int killsPerRun, Set<Target> targets)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    long start = System.nanoTime();
    Path cleanHome = folder.resolve("clean");
    Set<Target> targetable;
    Comparison comparison;
    RunTrace clean;
    double cleanSeconds;
    try (Arena arena = arenas.in(cleanHome)) {
      targetable = arena.targets();
      arena.revive();
      long began = System.nanoTime();
      Condition.await(arena::ended, LONGEST_NANOS);
      if (!arena.ended() || arena.exitCode() != 0) {
        throw new IllegalStateException("the clean run did not end well, see " + cleanHome);
      }
      cleanSeconds = (System.nanoTime() - began) / 1e9;
      arena.settle();
      clean = RunTrace.of(cleanHome);
      Map<String, List<String>> held = points.of(cleanHome);
      if (held.isEmpty() && targetable.contains(Target.TRACKER)) {
        throw new IllegalStateException("MLflow holds nothing of the clean run in " + cleanHome);
      }
      comparison = new Comparison(clean, held);
    }
    say.accept(String.format(java.util.Locale.ROOT, "clean run: %.1f s", cleanSeconds));
    Set<Target> chosen = new LinkedHashSet<>(targets.isEmpty() ? targetable : targets);
    BlowPlan plan = new BlowPlan(clean, chosen, new Random(seed));
    int run = 0;
    int told = 0;
    for (Deque<Blow> blows : plan.runs(kills, killsPerRun)) {
      while (!blows.isEmpty()) {
        run++;
        Path home = folder.resolve("killed-" + run);
        try (Arena arena = arenas.in(home)) {
          Battle battle = new Battle(run, home, arena, clean, plan, cleanSeconds, fallen, missed);
          if (!battle.toItsEnd(blows, comparison)) {
            comparison.differs(
                "%s ended with exit code %d".formatted(home.getFileName(), arena.exitCode()));
            blows.clear();
          } else {
            arena.settle();
            comparison.addUnsynced(home.getFileName().toString(), points.of(home));
            arena.sync();
            comparison.add(home, RunTrace.of(home), points.of(home));
          }
        } catch (IllegalStateException e) {
          // The other runs still say something.
          comparison.differs(home.getFileName() + ": " + e.getMessage());
          blows.clear();
        }
        comparison.differences().stream().skip(told).forEach(say);
        told = comparison.differences().size();
        say.accept(
            "run %d: %d kills so far, %d differences"
                .formatted(run, fallen.size(), comparison.differences().size()));
      }
    }
    requireAll(plan, comparison, kills);
    return new Certificate(
        clean.recipe(),
        machine(),
        version,
        seed,
        run,
        cleanSeconds,
        (System.nanoTime() - start) / 1e9,
        fallen,
        comparison.stages(),
        comparison.metricLines(),
        comparison.points(),
        comparison.synced(),
        comparison.differences());
  }

  private void requireAll(BlowPlan plan, Comparison comparison, int kills) throws IOException {
    if (kills < plan.kinds().size()) {
      return; // was not asked for
    }
    Set<String> moments = new TreeSet<>(plan.moments());
    long named = fallen.stream().filter(blow -> moments.contains(blow.moment())).count();
    if (named >= ENOUGH_OF_EACH * moments.size()) {
      fallen.forEach(blow -> moments.remove(blow.moment()));
      moments.forEach(moment -> comparison.differs("no kill came at " + moment));
    }
    Set<String> hit = new HashSet<>();
    fallen.forEach(blow -> hit.addAll(blow.kinds()));
    plan.kinds().stream()
        .filter(kind -> !hit.contains(kind))
        .forEach(kind -> comparison.differs("no kill hit a stage of kind " + kind));
  }

  private static String machine() {
    return "%s %s, %d processors, Java %s"
        .formatted(
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors(),
            System.getProperty("java.version"));
  }
}
