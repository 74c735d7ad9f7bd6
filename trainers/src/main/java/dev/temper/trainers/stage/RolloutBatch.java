package dev.temper.trainers.stage;

import java.util.List;

/**
 * The completions that one step of reinforcement learning trains on, by completion; groups of one
 * prompt stand together.
 *
 * @param old log-probabilities of the tokens when they were sampled
 * @param reference log-probabilities of the tokens under the reference
 * @param rewards what advantages were made from, one per completion
 * @param advantages one per completion
 * @param trained whether a completion's tokens are trained on
 */
record RolloutBatch(
    List<Answer> answers,
    List<float[]> old,
    List<float[]> reference,
    double[] rewards,
    double[] advantages,
    boolean[] trained) {

  int size() {
    return answers.size();
  }

  int tokens(int completion) {
    return old.get(completion).length;
  }
}
