package dev.temper.trainers.model;

import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A checkpoint that is a map. */
final class MemoryCheckpoint implements CheckpointWriter, CheckpointReader {

  private final Map<String, ByteBuffer> files = new TreeMap<>();

  @Override
  public void put(String path, ByteBuffer content) {
    ByteBuffer copy = ByteBuffer.allocate(content.remaining());
    files.put(path, copy.put(content.duplicate()).flip());
  }

  @Override
  public void putOnce(String path, Content content) throws IOException {
    if (!files.containsKey(path)) {
      put(path, content.bytes());
    }
  }

  @Override
  public long step() {
    return 0;
  }

  @Override
  public ByteBuffer read(String path) {
    return files.get(path).duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public List<String> paths() {
    return List.copyOf(files.keySet());
  }

  Map<String, ByteBuffer> files() {
    return files;
  }
}
