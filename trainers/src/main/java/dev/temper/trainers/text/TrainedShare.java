package dev.temper.trainers.text;

import dev.temper.trainers.StageFailure;

/**
 * How many tokens the loss is taken over.
 *
 * @param tokens of all rows
 * @param trained of them, those that are not masked
 */
public record TrainedShare(long tokens, long trained) {

  /**
   * @throws StageFailure DataContract where the mask is empty or full: both train without
   *     complaint, and neither trains what was meant
   */
  public TrainedShare requireMask() {
    if (trained == 0) {
      throw refused("none of %d tokens is trained: the mask leaves nothing to learn");
    }
    if (trained == tokens) {
      throw refused("all of %d tokens are trained, the prompts included: nothing is masked");
    }
    return this;
  }

  private StageFailure refused(String message) {
    return new StageFailure(StageFailure.Type.DATA_CONTRACT, message.formatted(tokens));
  }
}
