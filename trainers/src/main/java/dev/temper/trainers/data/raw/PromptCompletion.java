package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** {@code {"prompt", "completion"}} or {@code {"text"}}; all other fields are facts. */
final class PromptCompletion implements Shape {

  private static final Set<String> NAMED = Set.of("prompt", "completion", "text");

  @Override
  public boolean fits(JsonNode row) {
    return row.has("prompt") || row.has("completion") || row.has("text");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    return RawRow.simple(
        where,
        Fields.text(row, "prompt"),
        Fields.text(row, "completion"),
        Fields.text(row, "text"),
        Fields.facts(row, NAMED));
  }
}
