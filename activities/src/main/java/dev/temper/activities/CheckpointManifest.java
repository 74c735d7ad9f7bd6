package dev.temper.activities;

import java.util.List;

/**
 * What a checkpoint holds. Written last: a checkpoint without it is none.
 *
 * @param key of the stage
 * @param step steps finished when it was saved
 * @param epoch fencing epoch of the attempt that saved it
 * @param specHash SHA-256 of the canonical spec; another one is refused
 * @param numericsVersion another one is refused
 * @param files that this checkpoint alone holds
 * @param chunks that never change and are shared with other checkpoints of the stage
 */
public record CheckpointManifest(
    String key,
    long step,
    long epoch,
    String specHash,
    int numericsVersion,
    List<StoredFile> files,
    List<StoredFile> chunks) {
  public CheckpointManifest {
    files = List.copyOf(files);
    chunks = List.copyOf(chunks);
  }
}
