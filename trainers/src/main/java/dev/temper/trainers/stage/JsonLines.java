package dev.temper.trainers.stage;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.temper.trainers.StageFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Records as JSON, one object a line, in bytes that depend on the values alone: components in
 * declared order, map keys sorted, absent values left out.
 */
final class JsonLines {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .addModule(new Jdk8Module())
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
          .build();

  private JsonLines() {}

  /** One value without a line end. */
  static ByteBuffer object(Object value) throws IOException {
    return ByteBuffer.wrap(JSON.writeValueAsBytes(value));
  }

  /** One value from all bytes that are left in the buffer. */
  static <T> T object(ByteBuffer bytes, Class<T> type) throws IOException {
    return JSON.readValue(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString(), type);
  }

  static ByteBuffer write(List<?> rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Object row : rows) {
      bytes.write(JSON.writeValueAsBytes(row));
      bytes.write('\n');
    }
    return ByteBuffer.wrap(bytes.toByteArray());
  }

  /** The rows of a file. */
  static <T> List<T> read(Path file, Class<T> type) throws IOException {
    return read(ByteBuffer.wrap(Files.readAllBytes(file)), file.getFileName().toString(), type);
  }

  /**
   * The rows in all bytes that are left in the buffer.
   *
   * @param name for messages
   * @throws StageFailure DATA_CONTRACT naming the line that is no such record
   */
  static <T> List<T> read(ByteBuffer bytes, String name, Class<T> type) {
    List<T> rows = new ArrayList<>();
    int number = 0;
    for (String line :
        StandardCharsets.UTF_8.decode(bytes.duplicate()).toString().split("\n", -1)) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      try {
        rows.add(JSON.readValue(line, type));
      } catch (JsonProcessingException e) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "%s:%d is no %s: %s".formatted(name, number, type.getSimpleName(), reason(e)),
            e);
      }
    }
    return rows;
  }

  /** Names the field, where one is to blame. */
  private static String reason(JsonProcessingException e) {
    if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
      return mapping.getPath().get(mapping.getPath().size() - 1).getFieldName()
          + ": "
          + e.getOriginalMessage();
    }
    return e.getOriginalMessage();
  }
}
