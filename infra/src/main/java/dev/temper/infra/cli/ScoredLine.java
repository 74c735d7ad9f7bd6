package dev.temper.infra.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.util.Map;

/**
 * A prompt and a completion to score.
 *
 * <p>Two strings are tokenized apart and joined without a template, the begin token in front and
 * the end token behind. One message of a user and one of an assistant are rendered by the template.
 */
final class ScoredLine {

  private ScoredLine() {}

  /**
   * Reads one line.
   *
   * @param where file and line, for messages
   */
  static Sequence read(
      String line, String where, ObjectMapper json, Tokenizer tokenizer, ChatFormat format) {
    JsonNode row;
    try {
      row = json.readTree(line);
    } catch (JsonProcessingException e) {
      throw Refusal.preflight("%s: broken line: %s".formatted(where, e.getOriginalMessage()));
    }
    JsonNode prompt = row.path("prompt");
    JsonNode completion = row.path("completion");
    if (prompt.isTextual() && completion.isTextual()) {
      return new Sequence(
          joined(new int[] {tokenizer.bosId()}, tokenizer.encode(prompt.textValue())),
          format.completion(completion.textValue()));
    }
    if (prompt.isArray() && completion.isArray()) {
      return new Sequence(
          format.prompt(new Prompt(message(prompt, "user", where), Map.of(), 0)),
          format.completion(message(completion, "assistant", where)));
    }
    throw Refusal.preflight(
        "%s: prompt and completion must be two strings or two lists of messages".formatted(where));
  }

  private static String message(JsonNode messages, String role, String where) {
    if (messages.size() != 1
        || !messages.get(0).path("role").asText().equals(role)
        || !messages.get(0).path("content").isTextual()) {
      throw Refusal.preflight(
          "%s: the template takes one message of role %s with content, got %s"
              .formatted(where, role, messages));
    }
    return messages.get(0).get("content").textValue();
  }

  private static int[] joined(int[] first, int[] second) {
    int[] all = java.util.Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
