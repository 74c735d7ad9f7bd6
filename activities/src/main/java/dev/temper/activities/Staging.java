package dev.temper.activities;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Files on their way into the store, which nobody else can see yet.
 *
 * <p>Each file is on stable storage when its call returns. Closing without publishing deletes them;
 * what a killed process leaves is swept by the next holder of the lease.
 */
public interface Staging extends AutoCloseable {

  /** A file that later stages read, or one of a checkpoint's own. */
  StoredFile file(String path, ByteBuffer bytes) throws IOException;

  /** A file for people; may have the path of another file. */
  StoredFile attachment(String path, ByteBuffer bytes) throws IOException;

  /** A file that checkpoints of the stage share, stored by its content. */
  StoredFile chunk(String path, ByteBuffer bytes) throws IOException;

  @Override
  void close() throws IOException;
}
