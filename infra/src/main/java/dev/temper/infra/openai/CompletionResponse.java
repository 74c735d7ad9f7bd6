package dev.temper.infra.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.trainers.CompletionServers;

/** What the body of a response says. Nothing in it is taken for an empty answer but one. */
final class CompletionResponse {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private CompletionResponse() {}

  static Attempt read(String body) {
    JsonNode choice;
    try {
      choice = JSON.readTree(body).path("choices").path(0);
    } catch (JsonProcessingException e) {
      return new Attempt.Failed("the response is no JSON");
    }
    JsonNode text = choice.has("message") ? choice.at("/message/content") : choice.path("text");
    String finish = choice.path("finish_reason").asText("");
    if (!text.isTextual()) {
      return new Attempt.Failed("the response has no text in choices[0]");
    }
    if (finish.equals("stop")) {
      return new Attempt.Answered(new CompletionServers.Reply(text.textValue(), true));
    }
    if (!finish.equals("length")) {
      return new Attempt.Failed(
          "finish_reason must be 'stop' or 'length', got '%s'".formatted(finish));
    }
    // A model that reached the limit and said nothing spent it on something that is not shown.
    return text.textValue().isEmpty()
        ? new Attempt.Failed("the limit was reached before there was any text")
        : new Attempt.Answered(new CompletionServers.Reply(text.textValue(), false));
  }
}
