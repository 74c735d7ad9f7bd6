package dev.temper.trainers;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Receives the files of a finished stage. Nothing is visible before all of it is. */
public interface ArtifactWriter {

  /** A file that later stages may read; part of the artifact's content hash. */
  void content(String path, ByteBuffer bytes) throws IOException;

  /** A file for people (samples, curves, tables); not part of the content hash. */
  void attachment(String path, ByteBuffer bytes) throws IOException;
}
