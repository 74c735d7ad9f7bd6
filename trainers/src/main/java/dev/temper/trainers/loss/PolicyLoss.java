package dev.temper.trainers.loss;

import dev.temper.trainers.model.Loss;

/** A loss that makes tokens of positive advantage likelier. Minimized. */
@FunctionalInterface
public interface PolicyLoss {

  /**
   * The part of the loss, and of each metric, that this micro-batch adds to the sums over the whole
   * batch. 0 for a micro-batch without tokens.
   */
  Loss compute(TokenBatch batch);
}
