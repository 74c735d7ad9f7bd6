package dev.temper.trainers.stage;

import java.util.Optional;

/**
 * A completion that a policy was being trained on when it diverged.
 *
 * @param prompt text
 * @param logProbs of the tokens when they were sampled, in nats
 * @param reward after the rule for missing ends and the KL penalty; the plain score while that is
 *     all there is
 * @param trained whether it has a part in the loss
 */
record RolloutLine(
    String prompt,
    int sample,
    int[] promptTokens,
    int[] tokens,
    String text,
    float[] logProbs,
    double reward,
    Optional<Double> advantage,
    Optional<Boolean> trained) {

  static RolloutLine scored(Answer answer, double score) {
    return of(answer, score, Optional.empty(), Optional.empty());
  }

  static RolloutLine of(RolloutBatch batch, int completion) {
    return of(
        batch.answers().get(completion),
        batch.rewards()[completion],
        Optional.of(batch.advantages()[completion]),
        Optional.of(batch.trained()[completion]));
  }

  private static RolloutLine of(
      Answer answer, double reward, Optional<Double> advantage, Optional<Boolean> trained) {
    return new RolloutLine(
        answer.prompt().text(),
        answer.sample(),
        answer.sequence().prompt(),
        answer.sequence().completion(),
        answer.text(),
        answer.completion().logProbs(),
        reward,
        advantage,
        trained);
  }
}
