package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code {"chosen", "rejected"}} as whole transcripts, as Anthropic's HH-RLHF has them: turns start
 * with {@code \n\nHuman:} and {@code \n\nAssistant:}, and the last one of the assistant is what was
 * compared. Pairs whose transcripts differ before it are left out.
 */
final class HhTranscript implements Shape {

  @Override
  public boolean fits(JsonNode row) {
    return row.has("chosen")
        && row.has("rejected")
        && !row.has("prompt")
        && !row.path("chosen").isArray();
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    String chosen = Fields.needed(row, "chosen");
    String rejected = Fields.needed(row, "rejected");
    int cut = answer(chosen, "chosen");
    int other = answer(rejected, "rejected");
    if (!chosen.substring(0, cut).equals(rejected.substring(0, other))) {
      throw new LeftOut("pairs whose sides have different prompts");
    }
    List<Message> before = Transcript.turns(chosen.substring(0, cut));
    if (before.isEmpty()) {
      throw new LeftOut("transcripts in which nothing is asked");
    }
    return new Conversation(before, Optional.empty())
        .asPrompt(where, Optional.empty(), Fields.facts(row, Set.of("chosen", "rejected")))
        .with(Sides.of(said(chosen, cut), said(rejected, other)));
  }

  private static int answer(String transcript, String field) {
    int cut = transcript.lastIndexOf(Transcript.ASSISTANT);
    if (cut < 0) {
      throw new WrongShape(
          "'%s' must be a transcript with '\\n\\nAssistant:', or a 'prompt' must stand beside it"
              .formatted(field));
    }
    return cut;
  }

  private static String said(String transcript, int cut) {
    return transcript.substring(cut + Transcript.ASSISTANT.length()).strip();
  }
}
