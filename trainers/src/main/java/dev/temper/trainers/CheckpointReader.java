package dev.temper.trainers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The verified files of a checkpoint. */
public interface CheckpointReader {

  /** Step at which it was saved. */
  long step();

  /** Little-endian bytes of a file; fails if the checkpoint has no such file. */
  ByteBuffer read(String path) throws IOException;

  /** All paths, sorted. */
  List<String> paths();
}
