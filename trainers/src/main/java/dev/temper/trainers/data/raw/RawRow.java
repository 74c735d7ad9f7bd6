package dev.temper.trainers.data.raw;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A row as a source gives it, before anybody asked for what it needs.
 *
 * @param where {@code file:line}, or the generator and index
 * @param prompt what is asked; of a conversation all that was said, as a transcript
 * @param messages the same where it is more than one message of a user; else empty
 * @param text of a plain document
 * @param tokens of the completion, where another stage made it
 * @param promptId the identity that another stage gave to the prompt
 * @param candidates completions that were compared or rated
 */
public record RawRow(
    String where,
    Optional<String> prompt,
    List<Message> messages,
    Optional<String> completion,
    Optional<String> text,
    Map<String, String> facts,
    Optional<int[]> tokens,
    OptionalLong promptId,
    List<Candidate> candidates) {

  public RawRow {
    messages = List.copyOf(messages);
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
    candidates = List.copyOf(candidates);
  }

  public static RawRow request(String where, String prompt, Map<String, String> facts) {
    return simple(where, Optional.of(prompt), Optional.empty(), Optional.empty(), facts);
  }

  public static RawRow demonstration(
      String where, String prompt, String completion, Map<String, String> facts) {
    return simple(where, Optional.of(prompt), Optional.of(completion), Optional.empty(), facts);
  }

  public static RawRow document(String where, String text) {
    return simple(where, Optional.empty(), Optional.empty(), Optional.of(text), Map.of());
  }

  static RawRow simple(
      String where,
      Optional<String> prompt,
      Optional<String> completion,
      Optional<String> text,
      Map<String, String> facts) {
    return new RawRow(
        where,
        prompt,
        List.of(),
        completion,
        text,
        facts,
        Optional.empty(),
        OptionalLong.empty(),
        List.of());
  }

  /** Completions of one prompt. */
  static RawRow compared(
      String where, String prompt, List<Candidate> candidates, Map<String, String> facts) {
    return request(where, prompt, facts).with(candidates);
  }

  /** A conversation up to the last answer, which is the completion. */
  static RawRow answered(String where, Conversation said, Map<String, String> facts) {
    return said.asPrompt(where, said.answer(), facts);
  }

  /** The same with other candidates. */
  public RawRow with(List<Candidate> compared) {
    return new RawRow(where, prompt, messages, completion, text, facts, tokens, promptId, compared);
  }

  /** What is to be learned: the completion, or the first of the best ones of several. */
  public Optional<String> target() {
    return completion.isPresent()
        ? completion
        : candidates.stream()
            .max(Comparator.comparingDouble(Candidate::score).thenComparing(this::earlier))
            .map(Candidate::text);
  }

  private int earlier(Candidate a, Candidate b) {
    return Integer.compare(candidates.indexOf(b), candidates.indexOf(a));
  }
}
