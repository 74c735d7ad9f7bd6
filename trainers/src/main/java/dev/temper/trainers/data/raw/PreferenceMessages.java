package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code {"chosen", "rejected"}} as lists of messages, with the prompt in front of both or, as
 * messages or a string, in {@code prompt}. Both sides must share all but their last message.
 */
final class PreferenceMessages implements Shape {

  private static final Set<String> NAMED = Set.of("prompt", "chosen", "rejected");

  @Override
  public boolean fits(JsonNode row) {
    return row.path("chosen").isArray() && row.has("rejected");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    Conversation chosen = side(row, "chosen");
    Conversation rejected = side(row, "rejected");
    if (!chosen.before().equals(rejected.before())) {
      throw new LeftOut("pairs whose sides have different prompts");
    }
    return chosen
        .asPrompt(where, Optional.empty(), Fields.facts(row, NAMED))
        .with(Sides.of(chosen.answer().orElseThrow(), rejected.answer().orElseThrow()));
  }

  private static Conversation side(JsonNode row, String field) {
    List<Message> side = Fields.messages(row, field);
    // Published sets have the request both in front of the sides and once more as a string.
    boolean alone = side.size() == 1;
    List<Message> all = new ArrayList<>(alone ? prompt(row) : List.of());
    all.addAll(side);
    Conversation cut = Conversation.endingInAnswer(all);
    if (cut.before().size() != all.size() - 1) {
      throw new WrongShape("'" + field + "' must end with a message of the assistant");
    }
    return cut;
  }

  private static List<Message> prompt(JsonNode row) {
    return row.path("prompt").isTextual()
        ? List.of(new Message(Message.USER, row.get("prompt").textValue()))
        : Fields.messages(row, "prompt");
  }
}
