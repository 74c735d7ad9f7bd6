package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;

/**
 * {@code {"question", "answer"}}, as in GSM8K: what stands behind the last {@code ####} of the
 * answer, or all of an answer without one, is the fact {@code answer}.
 */
final class Gsm8k implements Shape {

  private static final String MARK = "####";

  @Override
  public boolean fits(JsonNode row) {
    return row.has("question") && row.has("answer") && !row.has("label");
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    String answer = Fields.needed(row, "answer");
    Map<String, String> facts = Fields.facts(row, Set.of("question", "answer"));
    int mark = answer.lastIndexOf(MARK);
    facts.put("answer", mark < 0 ? answer : answer.substring(mark + MARK.length()).strip());
    return RawRow.demonstration(where, Fields.needed(row, "question"), answer, facts);
  }
}
