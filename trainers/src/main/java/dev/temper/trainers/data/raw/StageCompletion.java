package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** A completion that another stage made: with token ids and the prompt's identity. */
final class StageCompletion implements Shape {

  @Override
  public boolean fits(JsonNode row) {
    return false; // never guessed: what a stage wrote is known
  }

  @Override
  public RawRow read(JsonNode row, String where) {
    Map<String, String> facts = new TreeMap<>();
    row.path("facts")
        .properties()
        .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asText()));
    return new RawRow(
        where,
        Fields.text(row, "prompt"),
        row.has("messages") ? Fields.messages(row, "messages") : List.of(),
        Fields.text(row, "text"),
        Optional.empty(),
        facts,
        Optional.of(tokens(row)),
        row.path("promptId").isIntegralNumber()
            ? OptionalLong.of(row.path("promptId").longValue())
            : OptionalLong.empty(),
        List.of());
  }

  private static int[] tokens(JsonNode row) {
    JsonNode value = row.path("tokens");
    if (!value.isArray() || value.isEmpty()) {
      throw Fields.wrong("tokens", "a list of token ids", value);
    }
    int[] tokens = new int[value.size()];
    for (int i = 0; i < tokens.length; i++) {
      if (!value.get(i).isInt()) {
        throw new WrongShape("'tokens' must be a list of token ids, got " + value.get(i));
      }
      tokens[i] = value.get(i).intValue();
    }
    return tokens;
  }
}
