package dev.temper.trainers.method;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import dev.temper.trainers.model.Loss;
import java.util.List;
import java.util.function.Supplier;

/**
 * Gradients of a scalar through the engine's own collector, of which a process can have one open:
 * for evaluating methods by hand, not for training.
 */
final class Gradients {

  private Gradients() {}

  /** The loss, after which each of {@code inputs} has its gradient. */
  static Loss record(List<NDArray> inputs, Supplier<Loss> compute) {
    inputs.forEach(input -> input.setRequiresGradient(true));
    try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
      Loss loss = compute.get();
      collector.backward(loss.value());
      return loss;
    }
  }
}
