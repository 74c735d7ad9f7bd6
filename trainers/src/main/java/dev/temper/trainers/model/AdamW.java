package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * AdamW with decoupled weight decay on matrices only.
 *
 * <p>Source: Loshchilov and Hutter, arXiv:1711.05101, algorithm 2 with the schedule inside the
 * learning rate, in float32:
 *
 * <pre>
 * w = w * (1 - rate * decay)
 * m = beta1 * m + (1 - beta1) * g,   v = beta2 * v + (1 - beta2) * g^2
 * w = w - rate * (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 * </pre>
 */
final class AdamW implements Optimizer {

  private final List<Trainable> tensors;
  private final OptimizerSpec spec;
  private final Program program;
  private final OptimizerState state;
  private final OptimizerState.Tensors first;
  private final OptimizerState.Tensors second;

  AdamW(List<Trainable> tensors, OptimizerSpec spec, NDManager manager) {
    this.tensors = List.copyOf(tensors);
    this.spec = spec;
    this.program = Program.load(manager, "adamw.py", "AdamW", Map.of());
    this.state = new OptimizerState(manager);
    this.first = state.tensors("first.");
    this.second = state.tensors("second.");
    for (Trainable tensor : tensors) {
      first.add(tensor.name(), tensor.value().getShape());
      second.add(tensor.name(), tensor.value().getShape());
    }
  }

  @Override
  public void update(NDManager scope, NDList gradients, double factor, double learningRate) {
    long step = state.next();
    update(scope, gradients, factor, learningRate, step, true, spec.weightDecay());
    update(scope, gradients, factor, learningRate, step, false, 0);
  }

  private void update(
      NDManager scope,
      NDList gradients,
      double factor,
      double learningRate,
      long step,
      boolean matrices,
      double decay) {
    NDList weights = new NDList();
    NDList totals = new NDList();
    NDList m = new NDList();
    NDList v = new NDList();
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).matrix() == matrices) {
        weights.add(tensors.get(i).value());
        totals.add(gradients.get(i));
        m.add(first.get(i));
        v.add(second.get(i));
      }
    }
    if (weights.isEmpty()) {
      return;
    }
    double[] settings = {
      learningRate, spec.beta1(), spec.beta2(), spec.epsilon(), decay, factor, step
    };
    program.call(scope, "update", false, weights, totals, m, v, scope.create(settings));
  }

  @Override
  public void save(CheckpointWriter out, String prefix) throws IOException {
    state.save(out, prefix);
  }

  @Override
  public void restore(CheckpointReader from, String prefix) throws IOException {
    state.restore(from, prefix);
  }
}
