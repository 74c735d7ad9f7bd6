package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Adafactor without first moment and with a given learning rate: for a matrix it keeps one vector
 * of rows and one of columns where AdamW keeps two matrices.
 *
 * <p>Source: Shazeer and Stern, arXiv:1804.04235, algorithm 4 with the decay of its section 7.2
 * ({@code 1 - t^-0.8}) and update clipping at 1, in float32; for a matrix {@code [R, C]}:
 *
 * <pre>
 * r = k r + (1 - k) mean over columns of (g^2 + 1e-30),   c likewise over rows,   k = 1 - t^-0.8
 * u = g / sqrt(r / mean(r)) / sqrt(c),   u = u / max(1, rms(u))
 * w = w * (1 - rate * decay) - rate * u
 * </pre>
 *
 * and for a vector {@code u = g / sqrt(v)} with {@code v} its own mean square, and no weight decay.
 * Matrices are taken as the programs see them: query, key and value stacked are one.
 */
final class Adafactor implements Optimizer {

  private static final double DECAY_EXPONENT = -0.8;
  private static final double CLIPPING = 1;

  /** Of a vector; never read. */
  private static final Shape NO_COLUMNS = new Shape(1);

  private final List<Trainable> tensors;
  private final OptimizerSpec spec;
  private final Program program;
  private final OptimizerState state;
  private final OptimizerState.Tensors rows;
  private final OptimizerState.Tensors columns;

  Adafactor(List<Trainable> tensors, OptimizerSpec spec, NDManager manager) {
    this.tensors = List.copyOf(tensors);
    this.spec = spec;
    this.program = Program.load(manager, "adafactor.py", "Adafactor", Map.of());
    this.state = new OptimizerState(manager);
    this.rows = state.tensors("rows.");
    this.columns = state.tensors("columns.");
    for (Trainable tensor : tensors) {
      Shape shape = tensor.value().getShape();
      boolean matrix = shape.dimension() == 2;
      rows.add(tensor.name(), matrix ? new Shape(shape.get(0)) : shape);
      columns.add(tensor.name(), matrix ? new Shape(shape.get(1)) : NO_COLUMNS);
    }
  }

  @Override
  public void update(NDManager scope, NDList gradients, double factor, double learningRate) {
    double kept = 1 - Math.pow((double) state.next(), DECAY_EXPONENT);
    update(scope, gradients, true, learningRate, spec.weightDecay(), factor, kept);
    update(scope, gradients, false, learningRate, 0, factor, kept);
  }

  private void update(
      NDManager scope,
      NDList gradients,
      boolean matrices,
      double learningRate,
      double decay,
      double factor,
      double kept) {
    NDList weights = new NDList();
    NDList totals = new NDList();
    NDList r = new NDList();
    NDList c = new NDList();
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).matrix() == matrices) {
        weights.add(tensors.get(i).value());
        totals.add(gradients.get(i));
        r.add(rows.get(i));
        c.add(columns.get(i));
      }
    }
    if (weights.isEmpty()) {
      return;
    }
    double[] settings = {learningRate, decay, factor, kept, CLIPPING};
    program.call(scope, "update", false, weights, totals, r, c, scope.create(settings));
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
