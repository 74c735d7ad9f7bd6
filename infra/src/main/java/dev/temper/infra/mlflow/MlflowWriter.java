package dev.temper.infra.mlflow;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that sends what has changed, again and again until the server has it.
 *
 * <p>Holds names only, each at most once: whoever adds one never waits, and memory stays as it is
 * however long the server is away.
 *
 * @param <K> names of what changes
 */
final class MlflowWriter<K> implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MlflowWriter.class);

  /** How it waits. */
  record Pace(Duration between, Backoff backoff) {
    static final Pace USUAL = new Pace(Duration.ofSeconds(2), Backoff.USUAL);
  }

  /** What is sent, by the writer's thread; reads files when it is asked to. */
  interface Sending<K> {
    void changed(K what) throws IOException;

    /** After some have changed; {@code last} if nothing will change any more. */
    void together(boolean last) throws IOException;

    /** The server does not know an id any more. */
    void forget();
  }

  private final Sending<K> sending;
  private final Pace pace;
  private final Thread thread;
  private final Set<K> changed = new LinkedHashSet<>();
  private boolean ending;
  private boolean done;
  private String problem = "";

  MlflowWriter(Sending<K> sending, Pace pace) {
    this.sending = sending;
    this.pace = pace;
    this.thread = new Thread(this::write, "mlflow-writer");
    thread.setDaemon(true);
    thread.start();
  }

  /** Something has changed. */
  synchronized void add(K what) {
    changed.add(what);
    notifyAll();
  }

  /**
   * Nothing will change any more: sends the rest and waits for that.
   *
   * @return why the server does not have all; empty if it has
   */
  synchronized String end(Duration limit) throws InterruptedException {
    ending = true;
    notifyAll();
    long end = System.nanoTime() + limit.toNanos();
    for (long left = limit.toMillis();
        left > 0 && !done;
        left = (end - System.nanoTime()) / 1_000_000) {
      wait(left);
    }
    return done || !problem.isEmpty()
        ? problem
        : "it takes longer than " + limit.toSeconds() + " s";
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

  /** Waits for something to send; says whether it is the last time. */
  private synchronized boolean awaitWork() throws InterruptedException {
    while (changed.isEmpty() && !ending) {
      wait();
    }
    return ending;
  }

  /** What fails stays to be sent, and does not keep the others back. */
  private void send(boolean last) throws IOException {
    IOException unreadable = null;
    RuntimeException refused = null;
    for (K what : take()) {
      try {
        sending.changed(what);
      } catch (IOException e) {
        add(what);
        unreadable = e;
      } catch (RuntimeException e) {
        add(what);
        refused = e;
      }
    }
    if (refused != null) {
      throw refused;
    }
    if (unreadable != null) {
      throw unreadable;
    }
    sending.together(last);
  }

  private synchronized List<K> take() {
    List<K> taken = new ArrayList<>(changed);
    changed.clear();
    return taken;
  }

  private synchronized void finish(String why) {
    done = true;
    problem = why;
    notifyAll();
  }

  private static boolean mayPass(Exception e) {
    return e instanceof MlflowFailure failure && failure.passing();
  }

  private Duration wait(Exception e, int failures) {
    Duration usual = pace.backoff().after(failures);
    return e instanceof MlflowFailure failure
        ? failure.wait(pace.backoff().most()).orElse(usual)
        : usual;
  }

  /** The first failure in a row is worth a line, the rest are the same. */
  private void failed(Exception e, int failures) {
    if (e instanceof MlflowFailure failure && failure.missing()) {
      sending.forget();
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

  /** Stops sending; what was not sent is still in the files. */
  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
