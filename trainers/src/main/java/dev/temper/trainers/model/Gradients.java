package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Map;

/** Sums of gradients and their norm. */
final class Gradients {

  private final Program program;

  Gradients(NDManager manager) {
    this.program = Program.load(manager, "gradients.py", "Gradients", Map.of());
  }

  /** Adds gradients in place. */
  void accumulate(NDManager scope, NDList totals, NDList more) {
    program.call(scope, "accumulate", false, totals, more);
  }

  /** Global L2 norm. */
  double norm(NDManager scope, NDList gradients) {
    return program.call(scope, "norm", false, gradients).head().getFloat();
  }
}
