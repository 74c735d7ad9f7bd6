package dev.temper.activities;

import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The right to write for one stage key. Whoever lost it can publish nothing any more: every call
 * throws {@link FencedException}.
 */
public interface StageLease extends AutoCloseable {

  /** Raised in the store each time a lease is given. */
  long epoch();

  /** Throws if a later attempt has taken over. */
  void check();

  /**
   * Runs the action after making sure that nobody has taken over. In a folder nobody can meanwhile;
   * in a bucket somebody can, so what the action does late must harm nobody.
   */
  <T> T whileHeld(Action<T> action) throws IOException;

  /** Deletes what killed attempts left half-written. */
  void sweep() throws IOException;

  /**
   * The newest checkpoint of which every byte is as its manifest says and which is acceptable.
   *
   * @param acceptable whether a manifest fits the stage
   * @param note is told about every checkpoint that was passed over, and why
   */
  Optional<SavedCheckpoint> newestCheckpoint(
      Predicate<CheckpointManifest> acceptable, Pulse pulse, Consumer<String> note)
      throws IOException;

  Staging begin() throws IOException;

  /** Makes all of a checkpoint visible at once. */
  void publishCheckpoint(Staging staging, CheckpointManifest manifest) throws IOException;

  /**
   * Makes all of an artifact visible at once, unless there is one.
   *
   * @return whether this one was published; false if another writer was first
   */
  boolean publishArtifact(Staging staging, Manifest manifest) throws IOException;

  /**
   * Deletes all checkpoints but the newest few. Chunks stay until the next {@link #sweep}, or until
   * no checkpoint is kept.
   */
  void prune(int keep) throws IOException;

  @Override
  void close() throws IOException;

  /** Something that only the holder may do. */
  @FunctionalInterface
  interface Action<T> {
    T run() throws IOException;
  }
}
