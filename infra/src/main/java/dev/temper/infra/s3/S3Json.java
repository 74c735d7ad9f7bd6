package dev.temper.infra.s3;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;

/** Manifests and leases as JSON. Fields of a later version are passed over. */
final class S3Json {

  private final ObjectMapper mapper =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .build();

  byte[] write(Object value) throws IOException {
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
  }

  <T> T read(String path, byte[] bytes, Class<T> type) throws IOException {
    try {
      T value = mapper.readValue(bytes, type);
      if (value == null) {
        throw new DamagedObjectException(path, "is empty");
      }
      return value;
    } catch (JacksonException e) {
      throw new DamagedObjectException(path, "is not readable: " + e.getOriginalMessage());
    }
  }
}
