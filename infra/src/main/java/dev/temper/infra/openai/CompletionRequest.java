package dev.temper.infra.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.ServerSpec;
import dev.temper.trainers.CompletionServers;

/**
 * The body of a request. {@code top_k} and {@code min_p}, which only some servers know, stand in it
 * where they are on.
 */
final class CompletionRequest {

  private CompletionRequest() {}

  static String body(SamplingSpec sampling, CompletionServers.Question question) {
    ServerSpec server = sampling.server().orElseThrow();
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("model", server.model());
    if (server.api().equals(ServerSpec.CHAT)) {
      ArrayNode messages = body.putArray("messages");
      question
          .messages()
          .forEach(
              said -> messages.addObject().put("role", said.role()).put("content", said.content()));
    } else {
      ArrayNode prompt = body.putArray("prompt");
      for (int token : question.tokens()) {
        prompt.add(token);
      }
    }
    body.put("max_tokens", sampling.maxCompletionTokens());
    body.put("temperature", sampling.temperature());
    body.put("seed", question.seed());
    if (sampling.topP() < 1) {
      body.put("top_p", sampling.topP());
    }
    if (sampling.topK() > 0) {
      body.put("top_k", sampling.topK());
    }
    if (sampling.minP() > 0) {
      body.put("min_p", sampling.minP());
    }
    return body.toString();
  }

  /** Path below the address of the server. */
  static String path(ServerSpec server) {
    return server.api().equals(ServerSpec.CHAT) ? "/chat/completions" : "/completions";
  }
}
