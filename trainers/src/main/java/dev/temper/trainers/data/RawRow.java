package dev.temper.trainers.data;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A row as a source gives it, before anybody asked for what it needs.
 *
 * @param where {@code file:line}, or the generator and index
 * @param text of a plain document
 * @param tokens of the completion, where another stage made it
 * @param promptId the identity that another stage gave to the prompt
 */
record RawRow(
    String where,
    Optional<String> prompt,
    Optional<String> completion,
    Optional<String> text,
    Map<String, String> facts,
    Optional<int[]> tokens,
    OptionalLong promptId) {

  static RawRow request(String where, String prompt, Map<String, String> facts) {
    return generated(where, Optional.of(prompt), Optional.empty(), Optional.empty(), facts);
  }

  static RawRow demonstration(
      String where, String prompt, String completion, Map<String, String> facts) {
    return generated(where, Optional.of(prompt), Optional.of(completion), Optional.empty(), facts);
  }

  static RawRow document(String where, String text) {
    return generated(where, Optional.empty(), Optional.empty(), Optional.of(text), Map.of());
  }

  private static RawRow generated(
      String where,
      Optional<String> prompt,
      Optional<String> completion,
      Optional<String> text,
      Map<String, String> facts) {
    return new RawRow(
        where, prompt, completion, text, facts, Optional.empty(), OptionalLong.empty());
  }
}
