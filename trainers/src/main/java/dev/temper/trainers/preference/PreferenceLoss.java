package dev.temper.trainers.preference;

import dev.temper.trainers.model.Loss;

/** A loss that makes a policy prefer the chosen completion to the rejected one. */
@FunctionalInterface
public interface PreferenceLoss {

  /** The part of the loss that these pairs add to the sum over the whole batch. */
  Loss compute(PairBatch batch);
}
