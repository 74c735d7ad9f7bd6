package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** One JSON array of objects, UTF-8. */
final class JsonArrayFormat implements RowFormat {

  private final ObjectMapper json =
      JsonText.mapper().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  @Override
  public void read(DataFile file, Optional<Set<String>> columns, RowSink sink) throws IOException {
    int row = 0;
    try (RowLimitReader text = RowLimitReader.of(file.open());
        JsonParser parser = json.createParser(text)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return;
      }
      if (first != JsonToken.START_ARRAY) {
        sink.problem(file.name(), "must be one JSON array; lines of objects are format jsonl");
        return;
      }
      while (parser.nextToken() != JsonToken.END_ARRAY && !sink.full()) {
        row++;
        JsonNode value = json.readTree(parser);
        text.rowEnded();
        sink.row(where(file, row), value);
      }
    } catch (IOException e) {
      sink.problem(where(file, row), JsonText.problem(e, "JSON"));
    }
  }

  private static String where(DataFile file, int row) {
    return file.name() + ", row " + Math.max(1, row);
  }
}
