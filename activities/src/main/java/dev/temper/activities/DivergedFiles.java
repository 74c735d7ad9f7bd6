package dev.temper.activities;

import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Files of a batch that diverged, for a person to look at. */
record DivergedFiles(StageFolder folder) implements CheckpointWriter {

  @Override
  public void put(String path, ByteBuffer content) throws IOException {
    folder.replace("diverged/" + path, content);
  }

  @Override
  public void putOnce(String path, Content content) throws IOException {
    put(path, content.bytes());
  }
}
