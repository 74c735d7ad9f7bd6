package dev.temper.trainers.preference;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compared pairs of one micro-batch. All arrays are {@code [pairs]}; log-probabilities are natural,
 * of a completion given its prompt, summed over its tokens.
 *
 * @param policyChosen the only ones with a gradient, with {@code policyRejected}
 * @param referenceChosen of the frozen policy
 * @param chosenTokens lengths of the completions, the end token included
 * @param weightPerPair usually {@code 1 / pairs of the whole batch}
 */
public record PairBatch(
    NDArray policyChosen,
    NDArray policyRejected,
    NDArray referenceChosen,
    NDArray referenceRejected,
    NDArray chosenTokens,
    NDArray rejectedTokens,
    double weightPerPair) {

  public PairBatch {
    if (policyChosen.getShape().dimension() != 1) {
      throw new IllegalArgumentException(
          "policyChosen must have the shape [pairs], got " + policyChosen.getShape());
    }
    Map<String, NDArray> others = new LinkedHashMap<>();
    others.put("policyRejected", policyRejected);
    others.put("referenceChosen", referenceChosen);
    others.put("referenceRejected", referenceRejected);
    others.put("chosenTokens", chosenTokens);
    others.put("rejectedTokens", rejectedTokens);
    for (Map.Entry<String, NDArray> other : others.entrySet()) {
      if (!other.getValue().getShape().equals(policyChosen.getShape())) {
        throw new IllegalArgumentException(
            "%s must have the shape of policyChosen, %s, got %s"
                .formatted(other.getKey(), policyChosen.getShape(), other.getValue().getShape()));
      }
    }
  }
}
