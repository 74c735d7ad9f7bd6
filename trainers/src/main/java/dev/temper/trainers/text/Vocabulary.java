package dev.temper.trainers.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The tokens of a tokenizer.json, added ones included.
 *
 * @param ids by token
 */
record Vocabulary(Map<String, Integer> ids) {

  static Vocabulary of(JsonNode tokenizer) {
    Map<String, Integer> ids = new HashMap<>();
    JsonNode vocabulary = tokenizer.path("model").path("vocab");
    vocabulary.properties().forEach(token -> ids.put(token.getKey(), token.getValue().intValue()));
    // Unigram models keep a list of [token, score] instead.
    for (int i = 0; vocabulary.isArray() && i < vocabulary.size(); i++) {
      ids.put(vocabulary.get(i).path(0).asText(), i);
    }
    tokenizer
        .path("added_tokens")
        .forEach(token -> ids.put(token.path("content").asText(), token.path("id").intValue()));
    return new Vocabulary(ids);
  }

  OptionalInt id(String token) {
    Integer id = ids.get(token);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /** One more than the largest id. */
  int size() {
    return ids.values().stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
  }
}
