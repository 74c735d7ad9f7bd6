package dev.temper.infra.chaos;

import dev.temper.infra.mlflow.MlflowPoints;
import dev.temper.infra.stack.StackEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Runs a recipe once clean and then again and again with kills, each time until its end, and
 * compares what they leave.
 */
public final class Chaos {

  /** Makes the processes of a run. */
  interface Arenas {
    Arena in(Path home) throws IOException, InterruptedException;
  }

  private static final long POLL_MILLIS = 50;
  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(30);
  private static final long LONGEST_TO_DIE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** From so many kills per named moment on, each has to be hit. */
  private static final long ENOUGH_OF_EACH = 2;

  /** A random kill never comes sooner after the processes began to work. */
  private static final double SOONEST_SECONDS = 0.3;

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
      waitFor(arena::ended, LONGEST_NANOS);
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
          Battle battle = new Battle(run, home, arena, clean, plan, cleanSeconds);
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

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static boolean waitFor(Condition condition, long nanos)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + nanos;
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return true;
  }

  /** One run, killed until its end. */
  private final class Battle {

    private final int number;
    private final Path home;
    private final Arena arena;
    private final RunTrace clean;
    private final BlowPlan plan;
    private final double cleanSeconds;

    /** Blows whose stages were through before their turn came. */
    private final Deque<Blow> late = new ArrayDeque<>();

    /** Processes that the blow that was armed last is to kill. */
    private List<Long> victims = List.of();

    Battle(int number, Path home, Arena arena, RunTrace clean, BlowPlan plan, double cleanSeconds) {
      this.number = number;
      this.home = home;
      this.arena = arena;
      this.clean = clean;
      this.plan = plan;
      this.cleanSeconds = cleanSeconds;
    }

    /** Whether the run ended well. Blows that fell are taken from the queue. */
    boolean toItsEnd(Deque<Blow> blows, Comparison comparison)
        throws IOException, InterruptedException {
      Files.createDirectories(home);
      arena.revive();
      arm(blows.peek());
      long began = System.nanoTime();
      while (!arena.ended()) {
        Blow blow = blows.peek();
        if (blow == null) {
          waitFor(arena::ended, LONGEST_NANOS);
          break;
        }
        if (!(blow.isNamed() ? fell(blow) : strike(blow, blows.size()))) {
          if (arena.ended() || !blow.isNamed()) {
            break;
          }
          late.add(blows.remove());
          arm(blows.peek());
          continue;
        }
        blows.remove();
        int index = note(blow, (System.nanoTime() - began) / 1e9);
        long killed = System.nanoTime();
        RunTrace then = RunTrace.of(home);
        // At once, if it can be: while a server is started again, the stages go on.
        Blow next = blows.peek();
        boolean soon = next != null && arena.isAlive(next.target());
        if (soon) {
          arm(next);
        }
        began = System.nanoTime();
        arena.revive();
        if (!soon) {
          arm(next);
        }
        recover(index, killed, then.executedSteps(), finished(then), next);
      }
      missed(blows, comparison);
      while (!late.isEmpty()) {
        again(late.removeLast(), blows, comparison);
      }
      return arena.exitCode() == 0;
    }

    /** What came too late comes first in another run, once. */
    private void again(Blow blow, Deque<Blow> blows, Comparison comparison) {
      if (missed.add(blow)) {
        blows.addFirst(blow);
      } else {
        comparison.differs("the moment was never reached, in two runs: " + blow.text());
      }
    }

    /** What is still armed never fell: its stages were through before. */
    private void missed(Deque<Blow> blows, Comparison comparison) throws IOException {
      Files.deleteIfExists(arena.moment());
      if (!blows.isEmpty() && blows.peek().isNamed()) {
        again(blows.remove(), blows, comparison);
      }
    }

    private void arm(Blow blow) throws IOException {
      if (blow == null || !blow.isNamed()) {
        return;
      }
      Path fresh = home.resolve("moment.new");
      victims = arena.processes(blow.target());
      String pids = victims.stream().map(String::valueOf).collect(Collectors.joining(","));
      Files.writeString(fresh, blow.moment() + ":" + blow.kind() + ":" + pids);
      Files.move(fresh, arena.moment(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Waits until the named moment was reached, or cannot be any more. */
    private boolean fell(Blow blow) throws IOException, InterruptedException {
      waitFor(
          () -> !Files.exists(arena.moment()) || arena.ended() || isOver(blow.kind()),
          LONGEST_NANOS);
      return !Files.deleteIfExists(arena.moment());
    }

    /** Whether all stages of a kind have finished. */
    private boolean isOver(String kind) throws IOException {
      RunTrace now = RunTrace.of(home);
      return !kind.isEmpty()
          && !now.kinds().isEmpty()
          && now.kinds().entrySet().stream()
              .filter(stage -> stage.getValue().equals(kind))
              .allMatch(stage -> now.isFinished(stage.getKey()));
    }

    private boolean strike(Blow blow, int blowsLeft) throws IOException, InterruptedException {
      waitFor(() -> arena.ended() || !RunTrace.of(home).running().isEmpty(), LONGEST_NANOS);
      double left = cleanSeconds * clean.shareLeft(RunTrace.of(home));
      double seconds = SOONEST_SECONDS + plan.seconds(left, blowsLeft);
      if (waitFor(arena::ended, (long) (seconds * 1e9))) {
        return false;
      }
      victims = arena.processes(blow.target());
      arena.kill(blow.target());
      return true;
    }

    /** Returns the index of the blow among those that fell. */
    private int note(Blow blow, double after) throws IOException, InterruptedException {
      // Not the target: a blow that falls while others are started again finds it started too.
      if (!waitFor(() -> victims.stream().noneMatch(Battle::isAlive), LONGEST_TO_DIE_NANOS)) {
        throw new IllegalStateException("still there after the kill: " + blow.text());
      }
      fallen.add(
          new Certificate.Fallen(
              number,
              blow.target().name().toLowerCase(java.util.Locale.ROOT),
              blow.isNamed() ? blow.moment() : "random",
              blow.kind(),
              after,
              RunTrace.of(home).running(),
              -1));
      return fallen.size() - 1;
    }

    /**
     * Waits for the next step of any stage, or the next finished one, and notes how long it took.
     *
     * @param next the blow that may fall before
     */
    private void recover(int index, long killed, long steps, long finished, Blow next)
        throws IOException, InterruptedException {
      boolean named = next != null && next.isNamed();
      waitFor(
          () -> {
            RunTrace now = RunTrace.of(home);
            return arena.ended()
                || now.executedSteps() > steps
                || finished(now) > finished
                || (named && !Files.exists(arena.moment()));
          },
          LONGEST_NANOS);
      RunTrace now = RunTrace.of(home);
      boolean recovered = now.executedSteps() > steps || finished(now) > finished;
      Optional<Long> done =
          Optional.of(System.nanoTime() - killed).filter(nanos -> recovered && !arena.ended());
      Certificate.Fallen blow = fallen.get(index);
      fallen.set(
          index,
          new Certificate.Fallen(
              blow.run(),
              blow.target(),
              blow.moment(),
              blow.kind(),
              blow.afterSeconds(),
              blow.running(),
              done.map(nanos -> nanos / 1e9).orElse(-1.0)));
    }

    private static boolean isAlive(long pid) {
      return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent();
    }

    private static long finished(RunTrace run) {
      return run.kinds().keySet().stream().filter(run::isFinished).count();
    }
  }
}
