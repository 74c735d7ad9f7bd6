package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * An exponential moving average of trained tensors, in float32.
 *
 * <p>Source: Polyak and Juditsky, SIAM J. Control Optim. 30 (1992), with the exponential weights
 * that are usual since. After every optimizer step {@code s = decay * s + (1 - decay) * w}; it
 * begins with the weights as they are, so that nothing has to be corrected for zeros.
 */
final class Average {

  private final List<Trainable> tensors;
  private final double decay;
  private final NDManager manager;
  private final Program program;
  private final OptimizerState state;
  private final OptimizerState.Tensors shadow;

  Average(List<Trainable> tensors, double decay, NDManager manager) {
    this.tensors = List.copyOf(tensors);
    this.decay = decay;
    this.manager = manager;
    this.program = Program.load(manager, "average.py", "Average", Map.of());
    this.state = new OptimizerState(manager, "average");
    this.shadow = state.tensors("");
    for (Trainable tensor : tensors) {
      shadow.add(tensor.name(), tensor.value());
    }
  }

  /** After an optimizer step. */
  void update(NDManager scope) {
    state.next();
    program.call(scope, "update", false, shadow.all(), weights(), scope.create(decay));
  }

  /** Puts the average where the weights are, and keeps them; once more, and all is as before. */
  void exchange() {
    try (NDManager scope = manager.newSubManager()) {
      program.call(scope, "exchange", false, shadow.all(), weights());
    }
  }

  private NDList weights() {
    return new NDList(tensors.stream().map(Trainable::value).toArray(NDArray[]::new));
  }

  void save(CheckpointWriter out, String prefix) throws IOException {
    state.save(out, prefix);
  }

  void restore(CheckpointReader from, String prefix) throws IOException {
    state.restore(from, prefix);
  }
}
