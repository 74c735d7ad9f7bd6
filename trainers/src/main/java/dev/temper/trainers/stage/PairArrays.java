package dev.temper.trainers.stage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import dev.temper.trainers.preference.PairBatch;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Pairs as arrays in double precision: what counts are small differences of large sums.
 *
 * @param reference of these pairs, in their order
 */
record PairArrays(
    NDManager manager, List<PairRow> pairs, PairLogProbs reference, double weightPerPair) {

  private static final int[] TOKENS = {1};

  /**
   * A batch that can be differentiated.
   *
   * @param logProbs {@code [2 * pairs, T]} of the policy, per token, right-padded with 0: the
   *     chosen completions, then the rejected ones
   */
  PairBatch ofTokens(NDArray logProbs) {
    // Added to zeros: what toType gives has no gradient.
    NDArray sums = manager.zeros(logProbs.getShape(), DataType.FLOAT64).addi(logProbs).sum(TOKENS);
    return batch(
        sums.get(new NDIndex("0:{}", pairs.size())),
        sums.get(new NDIndex("{}:{}", pairs.size(), 2 * pairs.size())));
  }

  /** A batch to look at. */
  PairBatch of(PairLogProbs policy) {
    return batch(manager.create(policy.chosen()), manager.create(policy.rejected()));
  }

  private PairBatch batch(NDArray chosen, NDArray rejected) {
    return new PairBatch(
        chosen,
        rejected,
        manager.create(reference.chosen()),
        manager.create(reference.rejected()),
        lengths(pair -> pair.chosen().length),
        lengths(pair -> pair.rejected().length),
        weightPerPair);
  }

  private NDArray lengths(ToIntFunction<PairRow> length) {
    return manager.create(pairs.stream().mapToDouble(length::applyAsInt).toArray());
  }
}
