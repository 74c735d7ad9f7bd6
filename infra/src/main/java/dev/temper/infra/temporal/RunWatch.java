package dev.temper.infra.temporal;

import dev.temper.infra.run.RunMirror;
import dev.temper.workflows.RunLinks;
import dev.temper.workflows.StageState;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Follows a run on a server until it ends, however long the server is away. */
public final class RunWatch {

  private static final Duration EVERY = Duration.ofSeconds(1);

  /** A worker that polls takes a task at once; this long, and there is none. */
  private static final double PATIENCE_SECONDS = 5;

  private final RemoteRun run;
  private final RunMirror mirror;
  private final Consumer<String> say;
  private final Consumer<RunLinks> linked;
  private final Duration every;
  private final Set<String> unattended = new HashSet<>();
  private boolean away;
  private int unanswered;
  private boolean asked;

  /**
   * @param say hears what concerns no stage: a server that is away, a queue without a worker
   * @param linked hears once where the run can be looked at besides, if it can
   */
  public RunWatch(
      RemoteRun run, RunMirror mirror, Consumer<String> say, Consumer<RunLinks> linked) {
    this(run, mirror, say, linked, EVERY);
  }

  RunWatch(
      RemoteRun run,
      RunMirror mirror,
      Consumer<String> say,
      Consumer<RunLinks> linked,
      Duration every) {
    this.run = run;
    this.mirror = mirror;
    this.say = say;
    this.linked = linked;
    this.every = every;
  }

  /** Returns what was seen last: the run has ended. */
  public RunSight untilItEnds() throws InterruptedException {
    while (true) {
      try {
        RunSight sight = run.look();
        if (away) {
          away = false;
          say.accept("the Temporal server is back");
        }
        tell(sight);
        if (!sight.isRunning()) {
          return sight;
        }
      } catch (StatusRuntimeException e) {
        if (!away) {
          away = true;
          say.accept(
              "the Temporal server does not answer (%s); the run goes on without this command, which keeps trying"
                  .formatted(e.getStatus().getCode()));
        }
      }
      TimeUnit.MILLISECONDS.sleep(every.toMillis());
    }
  }

  private void tell(RunSight sight) {
    sight.stages().ifPresent(this::askForLinks);
    sight.stages().ifPresent(mirror::sees);
    sight
        .pending()
        .forEach(
            (stage, pending) -> {
              if (pending.attempt() > 1) {
                pending
                    .failure()
                    .ifPresent(why -> mirror.failed(stage, pending.attemptInAll() - 1, why));
              }
              pending
                  .progress()
                  .ifPresent(
                      progress ->
                          mirror.progressed(stage, pending.attempt(), pending.earlier(), progress));
              if (pending.waitingSeconds() > PATIENCE_SECONDS) {
                lookForWorkers(pending.queue());
              } else if (!pending.waiting()) {
                attended(pending.queue());
              }
            });
    if (sight.unattended() && sight.isRunning()) {
      unanswered++;
      if (unanswered * every.toMillis() >= PATIENCE_SECONDS * 1000) {
        unattended(Queues.CONTROL);
      }
    } else {
      unanswered = 0;
      attended(Queues.CONTROL);
    }
  }

  /** Before its first stage a run asks where it is tracked: after that nothing new comes. */
  private void askForLinks(Map<String, StageState> stages) {
    boolean begun =
        stages.values().stream().anyMatch(state -> state.status() != StageState.Status.PENDING);
    if (asked || !begun) {
      return;
    }
    RunLinks links;
    try {
      links = run.links();
    } catch (StatusRuntimeException e) {
      return; // the next look asks again
    }
    asked = true;
    if (!links.links().isEmpty()) {
      mirror.linked(links.links());
      linked.accept(links);
    }
  }

  private void lookForWorkers(String queue) {
    if (!unattended.contains(queue) && !run.isPolled(queue)) {
      unattended(queue);
    }
  }

  private void unattended(String queue) {
    if (unattended.add(queue)) {
      say.accept(
          "no worker polls the queue '%s', and the run waits for one; start it with: temper worker --queue %s"
              .formatted(queue, queue));
    }
  }

  private void attended(String queue) {
    if (unattended.remove(queue)) {
      say.accept("a worker polls the queue '%s' now".formatted(queue));
    }
  }
}
