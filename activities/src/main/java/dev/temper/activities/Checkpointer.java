package dev.temper.activities;

import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StepwiseTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Copies a task's state, then writes it on another thread while the task goes on.
 *
 * <p>One checkpoint is in flight at most, so that memory is bounded by one copy, whose buffers are
 * used again. What goes wrong comes out at the next call; a writer that hangs does so after a
 * deadline, since signs of life while waiting would hide it for ever.
 */
final class Checkpointer implements AutoCloseable {

  private static final int KEEP = 2;
  private static final long WAIT_MILLIS = 200;
  private static final long CLOSE_SECONDS = 10;

  /** What every checkpoint of this attempt says about itself. */
  record Origin(StageIdentity identity, String specHash) {
    CheckpointManifest manifest(
        long step, long epoch, List<StoredFile> files, List<StoredFile> chunks) {
      return new CheckpointManifest(
          identity.key(), step, epoch, specHash, identity.numericsVersion(), files, chunks);
    }
  }

  /** Hears of every checkpoint that is committed. */
  interface Committed {
    void at(long step) throws IOException;
  }

  private record Copy(String path, ByteBuffer bytes, boolean chunk) {}

  private final StageLease lease;
  private final Origin origin;
  private final StageFailpoints failpoints;
  private final Duration deadline;
  private final Committed committed;
  private final ExecutorService writer;
  private final Map<String, ByteBuffer> buffers = new HashMap<>();
  private final Map<String, StoredFile> chunks = new HashMap<>();
  private Future<?> inFlight;
  private long inFlightSince;
  private long stalledNanos;
  private int started;
  private volatile long committedStep;

  /**
   * @param known chunks of the checkpoint that this attempt went on from
   */
  Checkpointer(
      StageLease lease,
      Origin origin,
      List<StoredFile> known,
      long committedStep,
      StageFailpoints failpoints,
      Duration deadline,
      Committed committed) {
    this.lease = lease;
    this.origin = origin;
    this.failpoints = failpoints;
    this.deadline = deadline;
    this.committed = committed;
    this.committedStep = committedStep;
    known.forEach(chunk -> chunks.put(chunk.path(), chunk));
    this.writer =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "checkpoint-writer");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Step of the newest checkpoint that is committed. */
  long committedStep() {
    return committedStep;
  }

  /** What the caller has spent in here so far, since its first step began. */
  LoopTime spentSince(long startNanos) {
    return new LoopTime(System.nanoTime() - startNanos, stalledNanos, started);
  }

  /** Starts a checkpoint once the one before it is written. */
  void save(StepwiseTask task, MetricsJournal journal, Pulse pulse)
      throws IOException, InterruptedException {
    drain(pulse);
    long start = System.nanoTime();
    long step = task.step();
    Copies copies = new Copies();
    task.save(copies);
    copies.add(TaskCheckpoint.JOURNAL, journal.snapshot());
    inFlightSince = System.nanoTime();
    inFlight = writer.submit(() -> write(step, copies));
    started++;
    stalledNanos += System.nanoTime() - start;
  }

  /** Throws what went wrong with a checkpoint that has ended meanwhile; does not wait. */
  void throwIfFailed(Pulse pulse) throws IOException, InterruptedException {
    if (inFlight != null && inFlight.isDone()) {
      drain(pulse);
    }
  }

  /** Waits for the checkpoint in flight and throws what went wrong with it. */
  void drain(Pulse pulse) throws IOException, InterruptedException {
    if (inFlight == null) {
      return;
    }
    long start = System.nanoTime();
    try {
      await(pulse);
    } finally {
      stalledNanos += System.nanoTime() - start;
    }
  }

  private void await(Pulse pulse) throws IOException, InterruptedException {
    while (inFlight != null) {
      try {
        inFlight.get(Math.min(WAIT_MILLIS, deadline.toMillis()), TimeUnit.MILLISECONDS);
        inFlight = null;
      } catch (TimeoutException e) {
        if (System.nanoTime() - inFlightSince > deadline.toNanos()) {
          inFlight = null;
          throw new IOException("a checkpoint was not written within " + deadline, e);
        }
        pulse.beat();
      } catch (ExecutionException e) {
        inFlight = null;
        throw failure(e.getCause());
      }
    }
  }

  private static IOException failure(Throwable cause) {
    if (cause instanceof FencedException fenced) {
      throw fenced;
    }
    Throwable reason = cause instanceof UncheckedIOException io ? io.getCause() : cause;
    return new IOException("checkpoint was not written: " + reason.getMessage(), reason);
  }

  private void write(long step, Copies copies) {
    String kind = origin.identity().kind();
    try (Staging staging = lease.begin()) {
      List<StoredFile> files = new ArrayList<>();
      for (Copy copy : copies.copies) {
        if (copy.chunk()) {
          chunks.put(copy.path(), staging.chunk(copy.path(), copy.bytes()));
        } else {
          files.add(staging.file(copy.path(), copy.bytes()));
        }
        failpoints.at("checkpoint.file", kind);
      }
      List<StoredFile> shared = copies.shared.stream().sorted().map(chunks::get).toList();
      failpoints.at("checkpoint.before-publish", kind);
      lease.publishCheckpoint(staging, origin.manifest(step, lease.epoch(), files, shared));
      committedStep = step;
      failpoints.at("checkpoint.after-publish", kind);
      committed.at(step);
      lease.prune(KEEP);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets a checkpoint in flight end: it may be what the next attempt goes on from. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (inFlight != null && !writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      writer.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }

  /** The state as it was when the task was asked; used by one thread at a time. */
  private final class Copies implements CheckpointWriter {

    private final List<Copy> copies = new ArrayList<>();
    private final Set<String> paths = new HashSet<>();
    private final Set<String> shared = new HashSet<>();

    @Override
    public void put(String path, ByteBuffer content) {
      requireOwn(path);
      add(path, content);
    }

    @Override
    public void putOnce(String path, Content content) throws IOException {
      requireOwn(path);
      requireNew(path);
      shared.add(path);
      if (!chunks.containsKey(path)) {
        copies.add(new Copy(path, copy(content.bytes(), null), true));
      }
    }

    private void add(String path, ByteBuffer content) {
      requireNew(path);
      ByteBuffer copy = copy(content, buffers.get(path));
      buffers.put(path, copy);
      copies.add(new Copy(path, copy, false));
    }

    private void requireOwn(String path) {
      if (path.startsWith(TaskCheckpoint.RESERVED)) {
        throw new IllegalArgumentException("path '" + path + "' is the driver's own");
      }
    }

    private void requireNew(String path) {
      if (!paths.add(ContentPaths.require(path))) {
        throw new IllegalArgumentException("'" + path + "' was put twice into one checkpoint");
      }
    }

    private ByteBuffer copy(ByteBuffer content, ByteBuffer old) {
      int size = content.remaining();
      ByteBuffer copy = old;
      if (copy == null || copy.capacity() < size) {
        // A little more than asked for, since a journal is longer each time.
        copy = ByteBuffer.allocateDirect(size + size / 4);
      }
      copy.clear();
      return copy.put(content.duplicate()).flip();
    }
  }
}
