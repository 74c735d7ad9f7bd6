package dev.temper.infra.s3;

import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The threads that move large files, and how these are cut.
 *
 * @param part size of a part in bytes; a file that is not larger goes in one piece
 */
record Transfers(ExecutorService pool, int part) implements AutoCloseable {

  /** The smallest that all servers take is 5 MiB. */
  private static final int PART = 16 << 20;

  private static final int THREADS = 8;
  private static final int MOST_PARTS = 10_000;
  private static final long BEAT_MILLIS = 200;

  static Transfers standard() {
    return of(PART);
  }

  static Transfers of(int part) {
    return new Transfers(
        Executors.newFixedThreadPool(
            THREADS,
            task -> {
              Thread thread = new Thread(task, "s3-transfer");
              thread.setDaemon(true);
              return thread;
            }),
        part);
  }

  /** A part of a file. */
  record Piece(int number, long offset, long length) {}

  List<Piece> pieces(long size) {
    long length = Math.max(part, (size + MOST_PARTS - 1) / MOST_PARTS);
    List<Piece> pieces = new ArrayList<>();
    for (long offset = 0; offset < size; offset += length) {
      pieces.add(new Piece(pieces.size() + 1, offset, Math.min(length, size - offset)));
    }
    return pieces;
  }

  /** Does one thing, with signs of life while it lasts. */
  <T> T one(Callable<T> task, Pulse pulse) throws IOException {
    return all(List.of(task), pulse).get(0);
  }

  /** Does all of it in parallel; the first failure ends the rest. */
  <T> List<T> all(List<Callable<T>> tasks, Pulse pulse) throws IOException {
    List<Future<T>> running = new ArrayList<>();
    tasks.forEach(task -> running.add(pool.submit(task)));
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> one : running) {
        results.add(result(one, pulse));
      }
      return results;
    } finally {
      running.forEach(one -> one.cancel(true));
    }
  }

  private static <T> T result(Future<T> task, Pulse pulse) throws IOException {
    while (true) {
      try {
        return task.get(BEAT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        pulse.beat();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        java.io.InterruptedIOException interrupted =
            new java.io.InterruptedIOException("transfer was interrupted");
        interrupted.initCause(e);
        throw interrupted;
      } catch (ExecutionException e) {
        if (e.getCause() instanceof IOException failure) {
          throw failure;
        }
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IOException(e.getCause());
      }
    }
  }

  @Override
  public void close() {
    pool.shutdownNow();
  }
}
