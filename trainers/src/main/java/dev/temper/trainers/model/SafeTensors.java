package dev.temper.trainers.model;

import com.fasterxml.jackson.databind.JsonNode;
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

  /**
   * A tensor as float32.
   *
   * @param values as many as the shape says, row by row
   */
  record Stored(long[] shape, FloatBuffer values) {}

  /** Tensors of a file of any size, each read when this is called. */
  static Map<String, Stored> read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return read(
          file.getFileName().toString(),
          channel.size(),
          (offset, length) -> channel.map(FileChannel.MapMode.READ_ONLY, offset, length));
    }
  }

  /** Tensors of a file in memory. */
  static Map<String, Stored> read(String name, ByteBuffer bytes) throws IOException {
    int start = bytes.position();
    return read(
        name, bytes.remaining(), (offset, length) -> bytes.slice(start + (int) offset, length));
  }

  private interface Source {
    ByteBuffer range(long offset, int length) throws IOException;
  }

  private static Map<String, Stored> read(String name, long size, Source source)
      throws IOException {
    require(size >= LENGTH_BYTES, name, "is shorter than its header");
    long headerBytes = source.range(0, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
    require(
        headerBytes > 0 && headerBytes <= Math.min(size - LENGTH_BYTES, MAX_HEADER_BYTES),
        name,
        "has a header of %d bytes in a file of %d".formatted(headerBytes, size));
    byte[] text = new byte[(int) headerBytes];
    source.range(LENGTH_BYTES, text.length).get(text);
    JsonNode header = parse(name, text);
    Map<String, Stored> tensors = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : header.properties()) {
      if (!entry.getKey().equals("__metadata__")) {
        long data = LENGTH_BYTES + headerBytes;
        tensors.put(
            entry.getKey(), tensor(name, entry.getKey(), entry.getValue(), data, size, source));
      }
    }
    return tensors;
  }

  private static JsonNode parse(String name, byte[] text) {
    try {
      return JSON.readTree(new String(text, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT, name + " has a header that is no JSON", e);
    }
  }

  private static Stored tensor(
      String file, String tensor, JsonNode entry, long data, long size, Source source)
      throws IOException {
    String name = file + ": " + tensor;
    String type = entry.path("dtype").asText();
    require(
        type.equals("F32") || type.equals("BF16"),
        name,
        "must have dtype one of [F32, BF16], got '%s'".formatted(type));
    int bytesEach = type.equals("F32") ? Float.BYTES : Short.BYTES;
    long[] shape = new long[entry.path("shape").size()];
    long count = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = entry.path("shape").get(i).asLong();
      count = Math.multiplyExact(count, shape[i]);
    }
    long from = entry.path("data_offsets").path(0).asLong(-1);
    long to = entry.path("data_offsets").path(1).asLong(-1);
    require(
        from >= 0 && to - from == count * bytesEach && data + to <= size,
        name,
        "has a byte range [%d, %d) that fits neither shape nor file".formatted(from, to));
    ByteBuffer bytes =
        source.range(data + from, Math.toIntExact(to - from)).order(ByteOrder.LITTLE_ENDIAN);
    return new Stored(shape, type.equals("F32") ? bytes.asFloatBuffer() : widened(bytes));
  }

  /** bfloat16 is the upper half of a float32. */
  private static FloatBuffer widened(ByteBuffer bytes) {
    FloatBuffer wide = FloatBuffer.allocate(bytes.remaining() / Short.BYTES);
    while (wide.hasRemaining()) {
      wide.put(Float.intBitsToFloat(bytes.getShort() << 16));
    }
    return wide.flip();
  }

  /** A file of float32 tensors, in order of names; {@code format} is what transformers asks for. */
  static ByteBuffer write(Map<String, Stored> tensors) {
    Map<String, Stored> sorted = new TreeMap<>(tensors);
    ObjectNode header = JSON.createObjectNode();
    header.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    List<FloatBuffer> data = new ArrayList<>();
    for (Map.Entry<String, Stored> entry : sorted.entrySet()) {
      FloatBuffer values = entry.getValue().values().duplicate();
      ObjectNode tensor = header.putObject(entry.getKey()).put("dtype", "F32");
      for (long size : entry.getValue().shape()) {
        tensor.withArray("shape").add(size);
      }
      tensor.withArray("shape");
      long end = offset + (long) values.remaining() * Float.BYTES;
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
      data.add(values);
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
    data.forEach(floats::put);
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
