package dev.temper.infra.mlflow;

import dev.temper.activities.RunTracker;
import dev.temper.activities.StageProgress;
import dev.temper.infra.run.RunRecord;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets another tracker follow a run, and sends what has become final of it on a thread of its own.
 *
 * <p>The queue holds names of stages, each at most once; what is sent is read from the run's folder
 * when it is sent. So nothing is lost however long the server is away, memory stays as it is, and
 * the threads that train only ever add a name.
 */
public final class MlflowTracker implements RunTracker, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MlflowTracker.class);

  /** How it waits. */
  record Pace(Duration between, Backoff backoff) {
    static final Pace USUAL = new Pace(Duration.ofSeconds(2), Backoff.USUAL);
  }

  private final RunTracker followed;
  private final RunSender sender;
  private final Supplier<RunRecord> record;
  private final Pace pace;
  private final Thread writer;
  private final Set<String> changed = new LinkedHashSet<>();
  private boolean ending;
  private boolean closed;
  private boolean done;
  private String problem = "";

  MlflowTracker(RunTracker followed, RunSender sender, Supplier<RunRecord> record, Pace pace) {
    this.followed = followed;
    this.sender = sender;
    this.record = record;
    this.pace = pace;
    this.writer = new Thread(this::write, "mlflow-writer");
    writer.setDaemon(true);
    writer.start();
  }

  private void write() {
    int failures = 0;
    try {
      while (true) {
        boolean last = awaitWork();
        try {
          send(last);
          failures = 0;
          if (last) {
            finish("");
            return;
          }
          pause(pace.between());
        } catch (IOException | RuntimeException e) {
          if (Thread.interrupted()) {
            return; // closed in the middle of a call
          }
          failures++;
          failed(e, failures);
          if (last && !mayPass(e)) {
            finish(reason(e));
            return;
          }
          pause(wait(e, failures));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed while waiting
    }
  }

  private Duration wait(Exception e, int failures) {
    Duration usual = pace.backoff().after(failures);
    return e instanceof MlflowFailure failure
        ? failure.wait(pace.backoff().most()).orElse(usual)
        : usual;
  }

  private static boolean mayPass(Exception e) {
    return e instanceof MlflowFailure failure && failure.passing();
  }

  /** Waits for something to send; says whether the run has ended. */
  private synchronized boolean awaitWork() throws InterruptedException {
    while (changed.isEmpty() && !ending) {
      wait();
    }
    return ending;
  }

  private void send(boolean last) throws IOException {
    RunRecord now = record.get();
    if (last) {
      sender.all(now);
    } else {
      for (String stage : take()) {
        try {
          sender.stage(now, stage);
        } catch (IOException | RuntimeException e) {
          add(stage);
          throw e;
        }
      }
      sender.recipe(now);
    }
  }

  private synchronized List<String> take() {
    List<String> taken = new ArrayList<>(changed);
    changed.clear();
    return taken;
  }

  private synchronized void finish(String why) {
    done = true;
    problem = why;
    notifyAll();
  }

  /** The first failure in a row is worth a line, the rest are the same. */
  private void failed(Exception e, int failures) {
    if (e instanceof MlflowFailure failure && failure.missing()) {
      sender.forget();
    }
    if (failures == 1) {
      log.warn("MLflow is behind and will catch up reason={}", e.toString());
    }
    synchronized (this) {
      problem = reason(e);
    }
  }

  private static String reason(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  private synchronized void pause(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    boolean before = ending;
    for (long left = time.toMillis();
        left > 0 && ending == before;
        left = (end - System.nanoTime()) / 1_000_000) {
      wait(left);
    }
  }

  private synchronized void add(String stage) {
    changed.add(stage);
    notifyAll();
  }

  /**
   * Sends the whole run once more now that it has ended, and waits for that.
   *
   * @return what is not in MLflow and why; empty if all is
   */
  public Optional<String> end(Duration limit) throws InterruptedException {
    String run = record.get().run();
    synchronized (this) {
      ending = true;
      notifyAll();
      long end = System.nanoTime() + limit.toNanos();
      for (long left = limit.toMillis();
          left > 0 && !done;
          left = (end - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
      if (!done || !problem.isEmpty()) {
        return Optional.of(
            "MLflow does not have all of this run yet%s; 'temper sync %s' sends the rest"
                .formatted(problem.isEmpty() ? "" : " (" + problem + ")", run));
      }
    }
    List<String> losses = sender.losses();
    return losses.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "MLflow refused %d values or files of this run, the first: %s"
                .formatted(losses.size(), losses.get(0)));
  }

  /** Stops sending; what was not sent is still in the folder. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    writer.interrupt();
    try {
      writer.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Path folder(String run, String stage) throws IOException {
    return followed.folder(run, stage);
  }

  @Override
  public void started(String run, String stage, StageProgress progress) {
    followed.started(run, stage, progress);
    add(stage);
  }

  @Override
  public void progress(String run, String stage, StageProgress progress) {
    followed.progress(run, stage, progress);
  }

  @Override
  public void metrics(String run, String stage, long step, Map<String, Double> metrics) {
    followed.metrics(run, stage, step, metrics);
  }

  @Override
  public void committed(String run, String stage, long step) {
    followed.committed(run, stage, step);
    add(stage);
  }

  @Override
  public void note(String run, String stage, String note) {
    followed.note(run, stage, note);
  }

  @Override
  public void finished(String run, StageResult result) {
    followed.finished(run, result);
    add(result.stage());
  }

  @Override
  public void failed(String run, String stage, StageEnd end) {
    followed.failed(run, stage, end);
    add(stage);
  }
}
