package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;

/**
 * {@code {"prompt", "completion"}} as lists of messages; the completion is one of the assistant.
 */
final class PromptMessages implements Shape {

  private static final Set<String> NAMED = Set.of("prompt", "completion");

  @Override
  public boolean fits(JsonNode row) {
    return row.path("prompt").isArray() && row.path("prompt").path(0).isObject();
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    Conversation asked = new Conversation(Fields.messages(row, "prompt"), Optional.empty());
    Optional<String> completion =
        row.has("completion")
            ? Optional.of(Sides.onlyAnswer(Fields.messages(row, "completion"), "completion"))
            : Optional.empty();
    return asked.asPrompt(where, completion, Fields.facts(row, NAMED));
  }
}
