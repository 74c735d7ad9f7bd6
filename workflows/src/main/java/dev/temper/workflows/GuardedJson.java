package dev.temper.workflows;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.api.common.v1.Payload;
import io.temporal.common.converter.DataConverterException;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import io.temporal.common.converter.PayloadConverter;
import io.temporal.failure.ApplicationFailure;
import java.lang.reflect.Type;
import java.util.Optional;

/**
 * JSON that refuses what does not belong into a history: payloads carry references and hashes, data
 * lies in artifacts.
 */
final class GuardedJson implements PayloadConverter {

  static final int LIMIT_BYTES = 256 * 1024;

  private final ObjectMapper mapper;
  private final PayloadConverter json;

  GuardedJson(ObjectMapper mapper) {
    this.mapper = mapper;
    this.json = new JacksonJsonPayloadConverter(mapper);
  }

  @Override
  public String getEncodingType() {
    return json.getEncodingType();
  }

  @Override
  public Optional<Payload> toData(Object value) throws DataConverterException {
    Optional<Payload> payload = json.toData(value);
    int bytes = payload.map(made -> made.getData().size()).orElse(0);
    if (bytes > LIMIT_BYTES) {
      // Of a type that ends the run: in workflow code any other exception would be tried for ever.
      throw ApplicationFailure.newNonRetryableFailure(
          "%s has %d bytes, of which %s; at most %d may pass through Temporal, more belongs into an artifact"
              .formatted(name(value), bytes, largestPart(value), LIMIT_BYTES),
          "InvalidSpec");
    }
    return payload;
  }

  @Override
  public <T> T fromData(Payload content, Class<T> valueClass, Type valueType)
      throws DataConverterException {
    return json.fromData(content, valueClass, valueType);
  }

  private static String name(Object value) {
    String type = value.getClass().getSimpleName();
    if (value instanceof StageResult result) {
      return type + " of stage '" + result.stage() + "'";
    }
    if (value instanceof StageRequest request) {
      return type + " of stage '" + request.stage().name() + "'";
    }
    if (value instanceof RecipeRun run) {
      return type + " of recipe '" + run.recipe().name() + "'";
    }
    return type;
  }

  private String largestPart(Object value) {
    return mapper.valueToTree(value).properties().stream()
        .max(java.util.Comparator.comparingInt(part -> part.getValue().toString().length()))
        .map(part -> part.getKey() + " about " + part.getValue().toString().length())
        .orElse("no part is larger than another");
  }
}
