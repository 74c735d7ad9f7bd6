package dev.temper.trainers.data;

import dev.temper.trainers.data.raw.Message;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request to a model.
 *
 * @param text what the user says, without template; of a conversation a transcript
 * @param facts what scorers and verifiers need to know, for example {@code topic} or {@code answer}
 * @param id 64 bits of the text's hash and its occurrence: names the prompt in random numbers
 * @param messages the conversation up to the place where the model answers; empty where it is one
 *     message of the user, which is the text
 */
public record Prompt(String text, Map<String, String> facts, long id, List<Message> messages) {
  public Prompt {
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    messages = List.copyOf(messages);
  }

  /** One message of a user. */
  public Prompt(String text, Map<String, String> facts, long id) {
    this(text, facts, id, List.of());
  }
}
