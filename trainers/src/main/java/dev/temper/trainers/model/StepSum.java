package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Map;
import java.util.TreeMap;

/**
 * Adds up micro-batches in their order, whatever the order in which they arrive, so that rounding
 * never depends on threads.
 */
final class StepSum {

  private final NDManager owner;
  private final Gradients operations;
  private final int expected;
  private final TreeMap<Integer, MicroBatch> waiting = new TreeMap<>();
  private final Map<String, Double> metrics = new TreeMap<>();
  private NDList gradients;
  private double loss;
  private int next;

  StepSum(NDManager owner, Gradients operations, int expected) {
    this.owner = owner;
    this.operations = operations;
    this.expected = expected;
  }

  /**
   * Takes over what one micro-batch adds.
   *
   * @return whether the sum is complete: true once
   */
  synchronized boolean add(int index, MicroBatch microBatch) {
    microBatch.gradients().attach(owner);
    waiting.put(index, microBatch);
    while (waiting.containsKey(next)) {
      take(waiting.remove(next++));
    }
    return next == expected;
  }

  private void take(MicroBatch microBatch) {
    loss += microBatch.loss();
    microBatch.metrics().forEach((name, value) -> metrics.merge(name, value, Double::sum));
    if (gradients == null) {
      gradients = microBatch.gradients();
      return;
    }
    try (NDManager scope = owner.newSubManager()) {
      operations.accumulate(scope, gradients, microBatch.gradients());
    }
    microBatch.gradients().close();
  }

  synchronized NDList gradients() {
    return gradients;
  }

  synchronized double loss() {
    return loss;
  }

  /** A result with these sums. */
  synchronized StepResult result(double gradientNorm) {
    return new StepResult(loss, gradientNorm, metrics);
  }
}
