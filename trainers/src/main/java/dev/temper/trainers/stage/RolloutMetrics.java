package dev.temper.trainers.stage;

import dev.temper.trainers.estimate.DistinctN;
import java.util.List;
import java.util.Map;

/** What a batch of completions looks like, whoever scores it. */
final class RolloutMetrics {
  private RolloutMetrics() {}

  static Map<String, Double> of(List<Answer> answers) {
    return Map.of(
        "rollout/length",
        RowMeans.of(answers, Answer::tokens),
        "rollout/termination",
        termination(answers),
        "rollout/distinct_2",
        distinct2(answers),
        "rollout/entropy",
        entropy(answers));
  }

  /** Share of completions that ended. */
  static double termination(List<Answer> answers) {
    return RowMeans.of(answers, answer -> answer.completion().ended() ? 1 : 0);
  }

  /** Mean over completions of the share of different pairs of neighbouring tokens. */
  static double distinct2(List<Answer> answers) {
    return RowMeans.of(answers, answer -> DistinctN.of(answer.completion().tokens(), 2));
  }

  /** Mean surprise of the sampled tokens, in nats: unbiased for the entropy per token. */
  private static double entropy(List<Answer> answers) {
    double sum = -answers.stream().mapToDouble(Answer::logProb).sum();
    return sum / answers.stream().mapToInt(Answer::tokens).sum();
  }
}
