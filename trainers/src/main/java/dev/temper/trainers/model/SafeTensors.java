package dev.temper.trainers.model;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The safetensors format: eight bytes of header length, a JSON header with type, shape and byte
 * range of each tensor, then the bytes, little-endian.
 */
final class SafeTensors {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LENGTH_BYTES = 8;
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private SafeTensors() {}

  /** Tensors of a file of any size, each mapped when its values are asked for. */
  static Map<String, StoredTensor> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(
          file.getFileName().toString(),
          channel.size(),
          (offset, length) -> {
            try (FileChannel again = FileChannel.open(file, StandardOpenOption.READ)) {
              return again.map(FileChannel.MapMode.READ_ONLY, offset, length);
            }
          });
    }
  }

  /** Tensors of a file in memory. */
  static Map<String, StoredTensor> read(String name, ByteBuffer bytes) throws IOException {
    int start = bytes.position();
    return read(
        name, bytes.remaining(), (offset, length) -> bytes.slice(start + (int) offset, length));
  }

  /** The bytes of a file. */
  @FunctionalInterface
  interface Source {
    ByteBuffer range(long offset, int length) throws IOException;
  }

  private static Map<String, StoredTensor> read(String name, long size, Source source)
      throws IOException {
    require(size >= LENGTH_BYTES, name, "is shorter than its header");
    long headerBytes = source.range(0, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
    require(
        headerBytes > 0 && headerBytes <= Math.min(size - LENGTH_BYTES, MAX_HEADER_BYTES),
        name,
        "has a header of %d bytes in a file of %d".formatted(headerBytes, size));
    byte[] text = new byte[(int) headerBytes];
    source.range(LENGTH_BYTES, text.length).get(text);
    long data = LENGTH_BYTES + headerBytes;
    Map<String, StoredTensor> tensors = new TreeMap<>();
    for (SafeTensorsHeader.Entry entry : SafeTensorsHeader.parse(name, text, size - data)) {
      tensors.put(entry.name(), StoredTensor.of(name, entry, data + entry.from(), source));
    }
    return tensors;
  }

  /** A file of float32 tensors, in order of names; {@code format} is what transformers asks for. */
  static ByteBuffer write(Map<String, StoredTensor> tensors) {
    Map<String, StoredTensor> sorted = new TreeMap<>(tensors);
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    List<StoredTensor> data = new ArrayList<>();
    for (Map.Entry<String, StoredTensor> entry : sorted.entrySet()) {
      ObjectNode tensor = header.putObject(entry.getKey()).put("dtype", "F32");
      tensor.withArray("shape");
      for (long size : entry.getValue().shape()) {
        tensor.withArray("shape").add(size);
      }
      long end = offset + entry.getValue().count() * Float.BYTES;
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
      data.add(entry.getValue());
    }
    byte[] text = padded(header.toString());
    long size = LENGTH_BYTES + text.length + offset;
    if (size > Integer.MAX_VALUE) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "%d tensors take %d bytes, and a file that Temper writes holds %d at most: the model is too large"
              .formatted(sorted.size(), size, Integer.MAX_VALUE));
    }
    ByteBuffer file = ByteBuffer.allocate((int) size).order(ByteOrder.LITTLE_ENDIAN);
    file.putLong(text.length).put(text);
    FloatBuffer floats = file.asFloatBuffer();
    data.forEach(tensor -> floats.put(tensor.values()));
    return file.rewind();
  }

  /** With spaces up to a multiple of eight, so that the data is aligned. */
  private static byte[] padded(String json) {
    int length = json.getBytes(StandardCharsets.UTF_8).length;
    return (json + " ".repeat(Math.floorMod(-length, 8))).getBytes(StandardCharsets.UTF_8);
  }

  private static void require(boolean holds, String name, String problem) {
    if (!holds) {
      throw new StageFailure(StageFailure.Type.ARTIFACT_CORRUPT, name + " " + problem);
    }
  }
}
