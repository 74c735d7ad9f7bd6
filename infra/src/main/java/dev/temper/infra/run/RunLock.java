package dev.temper.infra.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;

/**
 * One process per run.
 *
 * <p>The kernel frees the lock when the process dies, however it dies; and also as soon as the
 * holder opens the same file again and closes it, even to read it. So the holder's name stands in a
 * file of its own, and the holder never touches the lock file again. The lock file is never
 * deleted.
 */
public final class RunLock implements AutoCloseable {

  private final FileChannel channel;

  private RunLock(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Takes the lock of a run folder.
   *
   * @throws RunInUseException if another process has it; nothing is changed then
   */
  static RunLock take(Path run) throws IOException {
    Files.createDirectories(run);
    Path holder = run.resolve("lock.holder");
    FileChannel channel =
        FileChannel.open(run.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!lockedSoon(channel)) {
      channel.close();
      String who = Files.exists(holder) ? Files.readString(holder).strip() : "an unknown process";
      throw new RunInUseException(run.getFileName().toString(), who);
    }
    WholeFile.write(
        holder,
        "process %d of %s\n"
            .formatted(ProcessHandle.current().pid(), System.getProperty("user.name"))
            .getBytes(StandardCharsets.UTF_8));
    return new RunLock(channel);
  }

  /** Whether a process holds the lock. Not to be asked by the holder itself: it would lose it. */
  static boolean isHeld(Path run) throws IOException {
    Path file = run.resolve("lock");
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      return !locked(channel);
    }
  }

  /** Whoever only asks whether it is held has it for a moment: a few tries. */
  private static boolean lockedSoon(FileChannel channel) throws IOException {
    for (int attempt = 0; attempt < 5; attempt++) {
      if (locked(channel)) {
        return true;
      }
      LockSupport.parkNanos(20_000_000);
    }
    return false;
  }

  private static boolean locked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this process
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
