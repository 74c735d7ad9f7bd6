package dev.temper.trainers;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Receives the named files of one checkpoint. Buffers may be changed as soon as a call returns. */
public interface CheckpointWriter {

  /** A file that this checkpoint alone holds. */
  void put(String path, ByteBuffer content) throws IOException;

  /**
   * A file that never changes once written under this path, such as finished rollouts: later
   * checkpoints of the stage refer to the first copy. The content is asked for only if there is
   * none yet.
   */
  void putOnce(String path, Content content) throws IOException;

  /** Makes a file's bytes on demand. */
  interface Content {
    ByteBuffer bytes() throws IOException;
  }
}
