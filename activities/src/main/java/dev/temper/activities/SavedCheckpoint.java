package dev.temper.activities;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A committed checkpoint of which every byte was verified. */
public interface SavedCheckpoint {

  CheckpointManifest manifest();

  /** Little-endian bytes of one of its files or chunks. */
  ByteBuffer read(StoredFile file) throws IOException;
}
