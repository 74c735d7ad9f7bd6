package dev.temper.trainers.stage;

import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.model.Completion;
import dev.temper.trainers.model.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A completion that a policy gave to a prompt.
 *
 * @param sample which of the prompt's completions, from 0
 * @param text decoded completion, special tokens left out
 */
record Answer(Prompt prompt, int sample, Sequence sequence, Completion completion, String text) {

  static List<Sequence> sequences(List<Answer> answers) {
    return answers.stream().map(Answer::sequence).toList();
  }

  /** Log-probabilities of the tokens as they were sampled, by answer. */
  static List<float[]> logProbs(List<Answer> answers) {
    List<float[]> logProbs = new ArrayList<>(answers.size());
    answers.forEach(answer -> logProbs.add(answer.completion().logProbs()));
    return logProbs;
  }

  int tokens() {
    return completion.tokens().length;
  }

  /** Log-probability of the whole completion, in nats; empty where a server sampled it. */
  Optional<Double> logProb() {
    if (!completion.hasLogProbs()) {
      return Optional.empty();
    }
    double sum = 0;
    for (float logProb : completion.logProbs()) {
      sum += logProb;
    }
    return Optional.of(sum);
  }

  double score(Scorer scorer) {
    return scorer.score(prompt, text, completion.ended());
  }

  /** Judges a text; gold and verifiers do. */
  @FunctionalInterface
  interface Scorer {
    double score(Prompt prompt, String completion, boolean ended);
  }
}
