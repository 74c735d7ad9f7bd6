package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code {"conversations": [{"from", "value"}]}}, as ShareGPT wrote it. */
final class ShareGpt implements Shape {

  private static final Map<String, String> ROLES =
      Map.of(
          "system", Message.SYSTEM,
          "human", Message.USER,
          "user", Message.USER,
          "gpt", Message.ASSISTANT,
          "chatgpt", Message.ASSISTANT,
          "assistant", Message.ASSISTANT,
          "tool", "tool",
          "observation", "tool");

  @Override
  public boolean fits(JsonNode row) {
    return row.has("conversations");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode item : Fields.items(row, "conversations")) {
      String from = Fields.needed(item, "from");
      String role = ROLES.get(from);
      if (role == null) {
        throw new WrongShape(
            "'from' must be one of %s, got '%s'"
                .formatted(new java.util.TreeSet<>(ROLES.keySet()), from));
      }
      messages.add(new Message(role, Fields.needed(item, "value")));
    }
    if (messages.isEmpty()) {
      throw new LeftOut("conversations without a message");
    }
    if (messages.get(0).role().equals(Message.ASSISTANT)) {
      throw new LeftOut("conversations that the assistant starts");
    }
    return RawRow.answered(
        where, Conversation.asking(messages), Fields.facts(row, Set.of("conversations")));
  }
}
