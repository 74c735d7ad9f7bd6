package dev.temper.infra.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One run, killed until its end. */
final class Battle {

  private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(30);
  private static final long LONGEST_TO_DIE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A random kill never comes sooner after the processes began to work. */
  private static final double SOONEST_SECONDS = 0.3;

  private final int number;
  private final Path home;
  private final Arena arena;
  private final RunTrace clean;
  private final BlowPlan plan;
  private final double cleanSeconds;

  /** Of all runs: kills that fell, and blows that came too late once. */
  private final List<Certificate.Fallen> fallen;

  private final Set<Blow> missed;

  /** Blows whose stages were through before their turn came. */
  private final Deque<Blow> late = new ArrayDeque<>();

  /** Processes that the blow that was armed last is to kill. */
  private List<Long> victims = List.of();

  Battle(
      int number,
      Path home,
      Arena arena,
      RunTrace clean,
      BlowPlan plan,
      double cleanSeconds,
      List<Certificate.Fallen> fallen,
      Set<Blow> missed) {
    this.number = number;
    this.home = home;
    this.arena = arena;
    this.clean = clean;
    this.plan = plan;
    this.cleanSeconds = cleanSeconds;
    this.fallen = fallen;
    this.missed = missed;
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
        Condition.await(arena::ended, LONGEST_NANOS);
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
    Condition.await(
        () -> !Files.exists(arena.moment()) || arena.ended() || isOver(blow.kind()), LONGEST_NANOS);
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
    Condition.await(() -> arena.ended() || !RunTrace.of(home).running().isEmpty(), LONGEST_NANOS);
    double left = cleanSeconds * clean.shareLeft(RunTrace.of(home));
    double seconds = SOONEST_SECONDS + plan.seconds(left, blowsLeft);
    if (Condition.await(arena::ended, (long) (seconds * 1e9))) {
      return false;
    }
    victims = arena.processes(blow.target());
    arena.kill(blow.target());
    return true;
  }

  /** Returns the index of the blow among those that fell. */
  private int note(Blow blow, double after) throws IOException, InterruptedException {
    // Not the target: a blow that falls while others are started again finds it started too.
    if (!Condition.await(() -> victims.stream().noneMatch(Battle::isAlive), LONGEST_TO_DIE_NANOS)) {
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
    Condition.await(
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
