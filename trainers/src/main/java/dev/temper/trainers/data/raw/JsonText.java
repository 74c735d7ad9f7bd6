package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;

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

  /** Why rows cannot be read any further: what a parser throws may only wrap it. */
  static String problem(IOException e, String format) throws IOException {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof RowLimitReader.TooLong) {
        return cause.getMessage();
      }
      if (cause instanceof CharacterCodingException) {
        return "or one of the next is not UTF-8";
      }
    }
    if (e instanceof JsonProcessingException parsing) {
      return "not " + format + ": " + reason(parsing);
    }
    throw e;
  }
}
