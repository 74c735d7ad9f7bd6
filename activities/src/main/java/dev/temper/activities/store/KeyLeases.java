package dev.temper.activities.store;

import dev.temper.activities.FencedException;
import dev.temper.activities.LeaseWait;
import dev.temper.activities.StageLease;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Who may write for a stage key.
 *
 * <p>Between processes a file lock says so, which the kernel frees however its holder dies. Inside
 * one process a file lock excludes nobody, so a map does: a later attempt of the same owner takes
 * over, everybody else waits. The epoch, raised in the store with every lease, is what a commit is
 * checked against.
 */
final class KeyLeases {

  private static final long WAIT_MILLIS = 100;

  private final StoreLayout layout;
  private final Map<String, Grant> held = new HashMap<>();

  /** Lock files that another store object of this process has locked, by key. */
  private final Map<String, FileChannel> elsewhere = new HashMap<>();

  KeyLeases(StoreLayout layout) {
    this.layout = layout;
  }

  Grant acquire(String key, String owner, LeaseWait wait) throws IOException, InterruptedException {
    while (true) {
      wait.asking();
      Optional<Grant> grant = tryAcquire(key, owner);
      if (grant.isPresent()) {
        return grant.get();
      }
      wait.waiting(holder(key));
      synchronized (this) {
        wait(WAIT_MILLIS);
      }
    }
  }

  /** The lease, unless somebody else has it. */
  synchronized Optional<Grant> tryAcquire(String key, String owner) throws IOException {
    Grant current = held.get(key);
    if (current != null) {
      return current.owner.equals(owner)
          ? Optional.of(grant(key, owner, current.channel))
          : Optional.empty();
    }
    FileChannel channel = lock(key);
    return channel == null ? Optional.empty() : Optional.of(grant(key, owner, channel));
  }

  private synchronized String holder(String key) throws IOException {
    Grant current = held.get(key);
    if (current != null) {
      return current.owner;
    }
    return Files.exists(layout.holder(key)) ? Files.readString(layout.holder(key)) : "";
  }

  private FileChannel lock(String key) throws IOException {
    Files.createDirectories(layout.lock(key).getParent());
    FileChannel channel = elsewhere.remove(key);
    if (channel == null) {
      channel =
          FileChannel.open(layout.lock(key), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Closing it would free the lock of the other store object, as the kernel sees it.
      elsewhere.put(key, channel);
      return null;
    } finally {
      if (lock == null && !elsewhere.containsKey(key)) {
        channel.close();
      }
    }
    return lock == null ? null : channel;
  }

  private Grant grant(String key, String owner, FileChannel channel) throws IOException {
    try {
      Files.writeString(layout.holder(key), owner);
      Grant grant = new Grant(key, owner, channel, raiseEpoch(key));
      held.put(key, grant);
      return grant;
    } catch (IOException | RuntimeException e) {
      if (!held.containsKey(key)) {
        channel.close();
      }
      throw e;
    }
  }

  private long raiseEpoch(String key) throws IOException {
    long epoch = storedEpoch(key) + 1;
    Path file = layout.epoch(key);
    Files.createDirectories(file.getParent());
    String temporary = file.getFileName() + "." + UUID.randomUUID();
    try {
      DurableFiles.write(
          file.getParent(),
          temporary,
          ByteBuffer.wrap(Long.toString(epoch).getBytes(StandardCharsets.UTF_8)));
      Files.move(
          file.resolveSibling(temporary),
          file,
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(file.resolveSibling(temporary));
    }
    DurableFiles.sync(file.getParent());
    return epoch;
  }

  private long storedEpoch(String key) throws IOException {
    Path file = layout.epoch(key);
    return Files.exists(file) ? Long.parseLong(Files.readString(file).strip()) : 0;
  }

  /** One lease, for as long as nobody has taken it over. */
  final class Grant implements AutoCloseable {

    private final String key;
    private final String owner;
    private final FileChannel channel;
    private final long epoch;

    private Grant(String key, String owner, FileChannel channel, long epoch) {
      this.key = key;
      this.owner = owner;
      this.channel = channel;
      this.epoch = epoch;
    }

    long epoch() {
      return epoch;
    }

    void check() {
      synchronized (KeyLeases.this) {
        if (held.get(key) != this) {
          throw new FencedException(
              "the lease of " + owner + " has ended, or a later attempt has taken it over");
        }
      }
    }

    <T> T whileHeld(StageLease.Action<T> action) throws IOException {
      synchronized (KeyLeases.this) {
        check();
        long current = storedEpoch(key);
        if (current != epoch) {
          throw new FencedException(
              "epoch %d of %s was replaced by epoch %d".formatted(epoch, owner, current));
        }
        return action.run();
      }
    }

    @Override
    public void close() throws IOException {
      synchronized (KeyLeases.this) {
        if (held.get(key) == this) {
          held.remove(key);
          channel.close();
          KeyLeases.this.notifyAll();
        }
      }
    }
  }
}
