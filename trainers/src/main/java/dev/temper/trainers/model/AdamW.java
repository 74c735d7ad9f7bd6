package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
final class AdamW {

  private static final TensorFiles MOMENTS = new TensorFiles("optimizer");
  private static final String STEPS = "optimizer.steps";

  private final Transformer transformer;
  private final OptimizerSpec spec;
  private final NDManager manager;
  private final Program program;
  private final NDList first = new NDList();
  private final NDList second = new NDList();
  private long steps;

  AdamW(Transformer transformer, OptimizerSpec spec, NDManager manager) {
    this.transformer = transformer;
    this.spec = spec;
    this.manager = manager;
    this.program = Program.load(manager, "adamw.py", "AdamW", Map.of());
    for (NDArray weight : transformer.weights()) {
      first.add(manager.zeros(weight.getShape()));
      second.add(manager.zeros(weight.getShape()));
    }
  }

  /** Adds gradients in place. */
  void accumulate(NDManager scope, NDList totals, NDList more) {
    program.call(scope, "accumulate", false, totals, more);
  }

  /** Global L2 norm. */
  double norm(NDManager scope, NDList gradients) {
    return program.call(scope, "norm", false, gradients).head().getFloat();
  }

  /** One step; the gradients are multiplied by a factor first, and are used up. */
  void update(NDManager scope, NDList gradients, double factor, double learningRate) {
    steps++;
    update(scope, gradients, factor, learningRate, true, spec.weightDecay());
    update(scope, gradients, factor, learningRate, false, 0);
    transformer.changed();
  }

  private void update(
      NDManager scope,
      NDList gradients,
      double factor,
      double learningRate,
      boolean matrices,
      double decay) {
    double[] settings = {
      learningRate, spec.beta1(), spec.beta2(), spec.epsilon(), decay, factor, steps
    };
    program.call(
        scope,
        "update",
        false,
        chosen(transformer.weights(), matrices),
        chosen(gradients, matrices),
        chosen(first, matrices),
        chosen(second, matrices),
        scope.create(settings));
  }

  private NDList chosen(NDList all, boolean matrices) {
    NDList chosen = new NDList();
    List<Parameter> parameters = transformer.parameters();
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).matrix() == matrices) {
        chosen.add(all.get(i));
      }
    }
    return chosen;
  }

  void save(CheckpointWriter out, String prefix) throws IOException {
    Map<String, StoredTensor> moments = new TreeMap<>();
    for (int i = 0; i < first.size(); i++) {
      String name = transformer.parameters().get(i).name();
      long[] shape = transformer.parameters().get(i).shape().getShape();
      NDArray mean = first.get(i);
      NDArray square = second.get(i);
      moments.put("first." + name, new StoredTensor(shape, () -> Transformer.floats(mean)));
      moments.put("second." + name, new StoredTensor(shape, () -> Transformer.floats(square)));
    }
    MOMENTS.write(moments, (name, content) -> out.put(prefix + name, content));
    ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(prefix + STEPS, count.putLong(steps).flip());
  }

  void restore(CheckpointReader from, String prefix) throws IOException {
    Map<String, StoredTensor> moments = MOMENTS.read(from, prefix);
    Scratch scratch = new Scratch();
    for (int i = 0; i < first.size(); i++) {
      Parameter parameter = transformer.parameters().get(i);
      replace(first, i, "first." + parameter.name(), moments, scratch);
      replace(second, i, "second." + parameter.name(), moments, scratch);
    }
    steps = from.read(prefix + STEPS).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private void replace(
      NDList moments, int index, String name, Map<String, StoredTensor> stored, Scratch scratch) {
    NDArray old = moments.get(index);
    StoredTensor tensor = stored.get(name);
    if (tensor == null) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT,
          "%s: %s must have shape %s, got none".formatted(MOMENTS.single(), name, old.getShape()));
    }
    tensor.require(old.getShape().getShape());
    try (NDManager scope = manager.newSubManager()) {
      NDList pieces = new NDList();
      tensor.addTo(pieces, scope, scratch);
      // A tensor in memory that libtorch allocated. Copying into the old one would not do: DJL
      // makes a target that shares memory with a Java buffer, for as long as it is used.
      NDArray read = pieces.size() == 1 ? pieces.head().duplicate() : NDArrays.concat(pieces);
      read.attach(manager);
      moments.set(index, read);
    }
    old.close();
  }
}
