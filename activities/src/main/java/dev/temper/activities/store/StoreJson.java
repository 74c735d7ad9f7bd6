package dev.temper.activities.store;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Manifests as JSON. Fields of a later version are passed over, a missing one is an error. */
final class StoreJson {

  private final ObjectMapper mapper =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  ByteBuffer write(Object manifest) throws IOException {
    return ByteBuffer.wrap(mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(manifest));
  }

  <T> T read(Path file, Class<T> type) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      T value = mapper.readValue(bytes, type);
      if (value == null) {
        throw new DamagedFileException(file, "is empty");
      }
      return value;
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new DamagedFileException(file, "is not a manifest: " + e.getOriginalMessage());
    }
  }
}
