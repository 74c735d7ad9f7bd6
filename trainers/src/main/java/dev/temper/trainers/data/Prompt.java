package dev.temper.trainers.data;

import java.util.Map;
import java.util.TreeMap;

/**
 * A request to a model.
 *
 * @param text what the user says, without template
 * @param facts what scorers and verifiers need to know, for example {@code topic} or {@code answer}
 * @param id 64 bits of the text's hash and its occurrence: names the prompt in random numbers
 */
public record Prompt(String text, Map<String, String> facts, long id) {
  public Prompt {
    facts = java.util.Collections.unmodifiableMap(new TreeMap<>(facts));
  }
}
