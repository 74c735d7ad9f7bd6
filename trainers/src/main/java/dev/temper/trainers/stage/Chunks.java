package dev.temper.trainers.stage;

import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lines that only ever grow, in chunks that never change: a checkpoint refers to the chunks that an
 * earlier one has written instead of writing everything again.
 */
final class Chunks {

  private final String folder;
  private final List<byte[]> chunks = new ArrayList<>();

  /**
   * @param folder of a checkpoint's files, for example {@code samples}
   */
  Chunks(String folder) {
    this.folder = folder;
  }

  /** The chunks of a checkpoint; none without one. */
  static Chunks restore(String folder, CheckpointReader from) throws IOException {
    Chunks restored = new Chunks(folder);
    int saved = JsonLines.object(from.read(folder + "/chunks.json"), Saved.class).chunks();
    for (int i = 0; i < saved; i++) {
      restored.chunks.add(bytes(from.read(restored.path(i))));
    }
    return restored;
  }

  /** Adds rows as one chunk. */
  void add(List<?> rows) throws IOException {
    chunks.add(JsonLines.write(rows).array());
  }

  /** The rows of all chunks in order. */
  <T> List<T> rows(Class<T> type) {
    return JsonLines.read(file(), folder, type);
  }

  /** All lines as one file. */
  ByteBuffer file() {
    long size = chunks.stream().mapToLong(chunk -> chunk.length).sum();
    if (size > Integer.MAX_VALUE) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "%s take %d bytes, and a file holds %d at most: fewer prompts or samples are needed"
              .formatted(folder, size, Integer.MAX_VALUE));
    }
    ByteBuffer file = ByteBuffer.allocate((int) size);
    chunks.forEach(file::put);
    return file.flip();
  }

  void save(CheckpointWriter out) throws IOException {
    for (int i = 0; i < chunks.size(); i++) {
      byte[] chunk = chunks.get(i);
      out.putOnce(path(i), () -> ByteBuffer.wrap(chunk));
    }
    out.put(folder + "/chunks.json", JsonLines.object(new Saved(chunks.size())));
  }

  private String path(int chunk) {
    return String.format(Locale.ROOT, "%s/%06d.jsonl", folder, chunk);
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** The count, so that a missing last chunk is noticed. */
  private record Saved(int chunks) {}
}
