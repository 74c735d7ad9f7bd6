package dev.temper.trainers.stage;

import dev.temper.trainers.estimate.DistinctN;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a batch of completions looks like, whoever scores it. */
final class RolloutMetrics {
  private RolloutMetrics() {}

  static Map<String, Double> of(List<Answer> answers) {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("rollout/length", RowMeans.of(answers, Answer::tokens));
    metrics.put("rollout/termination", termination(answers));
    metrics.put("rollout/distinct_2", distinct2(answers));
    if (answers.stream().allMatch(answer -> answer.completion().hasLogProbs())) {
      metrics.put("rollout/entropy", entropy(answers));
    }
    return metrics;
  }

  /** Share of completions that ended. */
  static double termination(List<Answer> answers) {
    return RowMeans.of(answers, answer -> answer.completion().ended() ? 1 : 0);
  }

  /** Mean over completions of the share of different pairs of neighbouring tokens. */
  static double distinct2(List<Answer> answers) {
    return RowMeans.of(answers, answer -> DistinctN.of(answer.completion().tokens(), 2));
  }

  /**
   * Mean surprise of the sampled tokens, in nats: without filters unbiased for the entropy per
   * token.
   */
  private static double entropy(List<Answer> answers) {
    double sum =
        -answers.stream().flatMap(answer -> answer.logProb().stream()).mapToDouble(p -> p).sum();
    return sum / answers.stream().mapToInt(Answer::tokens).sum();
  }
}
