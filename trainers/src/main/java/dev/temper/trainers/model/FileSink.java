package dev.temper.trainers.model;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Receives the files of a model one after another, so that they need not all be in memory. */
@FunctionalInterface
public interface FileSink {

  /**
   * @param name inside the model's folder
   */
  void put(String name, ByteBuffer content) throws IOException;
}
