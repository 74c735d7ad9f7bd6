package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** {@code {"messages": [{"role", "content"}]}}; the last answer is the completion. */
final class Messages implements Shape {

  @Override
  public boolean fits(JsonNode row) {
    return row.has("messages");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    return RawRow.answered(
        where,
        Conversation.asking(Fields.messages(row, "messages")),
        Fields.facts(row, Set.of("messages")));
  }
}
