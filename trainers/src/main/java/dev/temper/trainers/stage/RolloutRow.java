package dev.temper.trainers.stage;

import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.data.raw.Message;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A sampled and scored completion: a line of {@code rollouts.jsonl} and, where it was selected, of
 * {@code completions.jsonl}.
 *
 * @param sample which of the prompt's completions, from 0
 * @param tokens ids of the completion, end token included
 * @param logprob of the completion, in nats, when it was sampled; empty where a server sampled it
 * @param score what the selection looks at
 * @param gold truth, for diagnostics only
 * @param messages of the prompt, where it is more than one message of a user
 */
record RolloutRow(
    String prompt,
    Map<String, String> facts,
    long promptId,
    int[] promptTokens,
    int sample,
    int[] tokens,
    String text,
    boolean ended,
    Optional<Double> logprob,
    double score,
    Optional<Double> gold,
    Optional<List<Message>> messages) {

  static final String FILE = "rollouts.jsonl";
  private static final int SAMPLES = 64;

  RolloutRow {
    facts = Collections.unmodifiableMap(new TreeMap<>(facts));
  }

  static RolloutRow of(Answer answer, double score, Optional<Double> gold) {
    Prompt prompt = answer.prompt();
    return new RolloutRow(
        prompt.text(),
        prompt.facts(),
        prompt.id(),
        answer.sequence().prompt(),
        answer.sample(),
        answer.completion().tokens(),
        answer.text(),
        answer.completion().ended(),
        answer.logProb(),
        score,
        gold,
        Optional.of(prompt.messages()).filter(said -> !said.isEmpty()));
  }

  /** The first completion of each of the first prompts, for people to look at. */
  static List<SampleLine> samples(List<RolloutRow> rows) {
    Set<Long> seen = new HashSet<>();
    return rows.stream()
        .filter(row -> seen.add(row.promptId()))
        .limit(SAMPLES)
        .map(
            row ->
                new SampleLine(
                    0, row.prompt(), row.text(), row.ended(), row.gold(), Optional.of(row.score())))
        .toList();
  }
}
