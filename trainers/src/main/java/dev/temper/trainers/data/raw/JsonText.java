package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** How JSON of a user is read: strictly, and within limits. */
final class JsonText {

  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxStringLength(RowSink.ROW_LIMIT)
          .maxNestingDepth(200)
          .build();

  private JsonText() {}

  static JsonMapper mapper() {
    return JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();
  }

  static String reason(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("");
  }
}
