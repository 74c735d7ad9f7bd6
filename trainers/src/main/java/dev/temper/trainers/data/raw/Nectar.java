package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code {"prompt", "answers": [{"answer", "rank"}]}}, as in Nectar; rank 1 is the best. A prompt
 * may be a transcript that ends in {@code Assistant:}.
 */
final class Nectar implements Shape {

  private static final Set<String> NAMED = Set.of("prompt", "answers");

  @Override
  public boolean fits(JsonNode row) {
    return row.has("prompt") && row.has("answers");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    List<Candidate> candidates = new ArrayList<>();
    for (JsonNode answer : Fields.items(row, "answers")) {
      candidates.add(
          new Candidate(Fields.needed(answer, "answer"), -Fields.neededNumber(answer, "rank")));
    }
    if (candidates.isEmpty()) {
      throw new LeftOut("prompts without an answer");
    }
    String prompt = Fields.needed(row, "prompt");
    List<Message> turns =
        prompt.startsWith(Transcript.HUMAN)
            ? Transcript.turns(prompt)
            : List.of(new Message(Message.USER, prompt));
    return new Conversation(withoutOpenTurn(turns), Optional.empty())
        .asPrompt(where, Optional.empty(), Fields.facts(row, NAMED))
        .with(candidates);
  }

  /** A transcript ends where the assistant is to speak. */
  private static List<Message> withoutOpenTurn(List<Message> turns) {
    int last = turns.size() - 1;
    boolean open = last > 0 && turns.get(last).equals(new Message(Message.ASSISTANT, ""));
    return open ? turns.subList(0, last) : turns;
  }
}
