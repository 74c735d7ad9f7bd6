package dev.temper.trainers.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The tensors that a safetensors header promises, checked against the size of their file: every
 * byte belongs to one tensor, and every tensor has as many as its shape and format need.
 */
final class SafeTensorsHeader {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private SafeTensorsHeader() {}

  /**
   * One tensor.
   *
   * @param count numbers in it
   * @param from first byte behind the header
   * @param to byte behind the last
   */
  record Entry(String name, String dtype, long[] shape, long count, long from, long to) {}

  /**
   * @param file name, for messages
   * @param dataBytes size of the file without its header
   */
  static List<Entry> parse(String file, byte[] header, long dataBytes) {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, JsonNode> tensor : object(file, header).properties()) {
      if (!tensor.getKey().equals("__metadata__")) {
        entries.add(entry(file, tensor.getKey(), tensor.getValue(), dataBytes));
      }
    }
    requireWhole(file, entries, dataBytes);
    return entries;
  }

  private static ObjectNode object(String file, byte[] header) {
    try {
      if (JSON.readTree(new String(header, StandardCharsets.UTF_8)) instanceof ObjectNode object) {
        return object;
      }
      throw corrupt(file + " has a header that is no JSON object");
    } catch (IOException e) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT, file + " has a header that is no JSON", e);
    }
  }

  private static Entry entry(String file, String tensor, JsonNode entry, long dataBytes) {
    String name = file + ": " + tensor;
    String dtype = entry.path("dtype").asText();
    int bytes =
        Dtype.size(dtype)
            .orElseThrow(
                () ->
                    corrupt(
                        "%s must have dtype one of %s, got '%s'"
                            .formatted(name, Dtype.all(), dtype)));
    JsonNode sizes = entry.path("shape");
    long[] shape = new long[sizes.size()];
    long count = 1;
    boolean sound = sizes.isArray();
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i).asLong(-1);
      sound = sound && sizes.get(i).isIntegralNumber() && shape[i] >= 0;
      // No tensor has more numbers than its file has bytes: the product stays small enough.
      count = sound && shape[i] * (double) count <= dataBytes ? count * shape[i] : -1;
      sound = sound && count >= 0;
    }
    JsonNode offsets = entry.path("data_offsets");
    long from = offsets.path(0).isIntegralNumber() ? offsets.path(0).asLong() : -1;
    long to = offsets.path(1).isIntegralNumber() ? offsets.path(1).asLong() : -1;
    if (!sound
        || offsets.size() != 2
        || from < 0
        || to < from
        || to > dataBytes
        || to - from != count * bytes) {
      throw corrupt(
          "%s has a byte range %s that fits neither its shape %s of %s nor the %d bytes of the file"
              .formatted(name, offsets, sizes, dtype, dataBytes));
    }
    return new Entry(tensor, dtype, shape, count, from, to);
  }

  private static void requireWhole(String file, List<Entry> entries, long dataBytes) {
    long covered = 0;
    List<Entry> inOrder =
        entries.stream()
            .sorted(Comparator.comparingLong(Entry::from).thenComparingLong(Entry::to))
            .toList();
    for (Entry entry : inOrder) {
      if (entry.from() != covered) {
        throw corrupt(
            "%s: %s begins at byte %d of the data, and the tensor before it ends at %d"
                .formatted(file, entry.name(), entry.from(), covered));
      }
      covered = entry.to();
    }
    if (covered != dataBytes) {
      throw corrupt(
          "%s holds %d bytes of data, and its header names %d".formatted(file, dataBytes, covered));
    }
  }

  private static StageFailure corrupt(String message) {
    return new StageFailure(StageFailure.Type.ARTIFACT_CORRUPT, message);
  }
}
