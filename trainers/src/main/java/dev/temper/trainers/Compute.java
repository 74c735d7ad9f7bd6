package dev.temper.trainers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The compute threads of the process, one per core, shared by all stages.
 *
 * <p>Work is handed over in pieces whose number and shape the spec fixes (micro-batches, chunks of
 * rollouts), and results come back in the order of the pieces, so that they never depend on how
 * many threads there are. Each thread runs tensor operations on itself alone.
 */
public final class Compute implements AutoCloseable {

  private final ExecutorService threads;
  private final int size;

  public Compute(int size) {
    this.size = size;
    this.threads =
        Executors.newFixedThreadPool(
            size,
            task -> {
              Thread thread = new Thread(task, "compute");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Threads. */
  public int size() {
    return size;
  }

  /**
   * Runs all pieces and returns their results in order; the first failure is thrown as it is.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the threads are closed
   * @throws CancellationException if they are closed before all pieces have begun
   */
  public <T> List<T> all(List<? extends Callable<T>> pieces, Pulse pulse) {
    List<Future<T>> futures = new ArrayList<>(pieces.size());
    Failures failures = new Failures();
    try {
      for (Callable<T> piece : pieces) {
        futures.add(threads.submit(piece));
      }
    } catch (RuntimeException e) {
      failures.add(e);
    }
    List<T> results = new ArrayList<>(pieces.size());
    for (Future<T> future : futures) {
      try {
        results.add(await(future, pulse));
      } catch (RuntimeException | Error e) {
        // All pieces are waited for: none may still use tensors that the caller is about to close.
        failures.add(e);
      }
    }
    failures.throwFirst();
    return results;
  }

  /** What went wrong; the first counts. */
  private static final class Failures {
    private Throwable first;

    void add(Throwable failure) {
      first = first == null ? failure : first;
    }

    void throwFirst() {
      if (first instanceof RuntimeException exception) {
        throw exception;
      }
      if (first instanceof Error error) {
        throw error;
      }
    }
  }

  private static <T> T await(Future<T> future, Pulse pulse) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get(200, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          pulse.beat();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Interrupts the pieces that run; those that wait for a thread are cancelled. */
  @Override
  public void close() {
    for (Runnable waiting : threads.shutdownNow()) {
      // It will never run, and whoever waits for it would wait for ever.
      ((Future<?>) waiting).cancel(false);
    }
  }
}
