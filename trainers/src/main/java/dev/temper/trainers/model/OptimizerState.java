package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Named tensors that are kept beside the weights, and their count of steps. */
final class OptimizerState {

  private final NDManager manager;
  private final TensorFiles files;
  private final String stepsFile;
  private final List<Tensors> lists = new ArrayList<>();
  private long steps;

  OptimizerState(NDManager manager) {
    this(manager, "optimizer");
  }

  /**
   * @param stem first part of the names of its files
   */
  OptimizerState(NDManager manager, String stem) {
    this.manager = manager;
    this.files = new TensorFiles(stem);
    this.stepsFile = stem + ".steps";
  }

  /** One tensor per parameter, whose names begin alike. */
  final class Tensors {
    private final String prefix;
    private final List<String> names = new ArrayList<>();
    private final NDList values = new NDList();

    private Tensors(String prefix) {
      this.prefix = prefix;
    }

    /** Zeros. */
    void add(String parameter, Shape shape) {
      names.add(prefix + parameter);
      values.add(manager.zeros(shape));
    }

    /** A copy. */
    void add(String parameter, NDArray initial) {
      names.add(prefix + parameter);
      NDArray copy = initial.stopGradient().duplicate();
      copy.attach(manager);
      values.add(copy);
    }

    NDList all() {
      return values;
    }

    NDArray get(int index) {
      return values.get(index);
    }
  }

  Tensors tensors(String prefix) {
    Tensors list = new Tensors(prefix);
    lists.add(list);
    return list;
  }

  /** Counts a step, and returns its number from 1. */
  long next() {
    return ++steps;
  }

  void save(CheckpointWriter out, String prefix) throws IOException {
    Map<String, StoredTensor> stored = new TreeMap<>();
    for (Tensors list : lists) {
      for (int i = 0; i < list.names.size(); i++) {
        NDArray value = list.values.get(i);
        stored.put(
            list.names.get(i),
            new StoredTensor(value.getShape().getShape(), () -> Transformer.floats(value)));
      }
    }
    files.write(stored, (name, content) -> out.put(prefix + name, content));
    ByteBuffer count = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    out.put(prefix + stepsFile, count.putLong(steps).flip());
  }

  void restore(CheckpointReader from, String prefix) throws IOException {
    Map<String, StoredTensor> stored = files.read(from, prefix);
    Scratch scratch = new Scratch();
    for (Tensors list : lists) {
      for (int i = 0; i < list.names.size(); i++) {
        replace(list.values, i, list.names.get(i), stored, scratch);
      }
    }
    steps = from.read(prefix + stepsFile).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private void replace(
      NDList values, int index, String name, Map<String, StoredTensor> stored, Scratch scratch) {
    NDArray old = values.get(index);
    StoredTensor tensor = stored.get(name);
    if (tensor == null) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT,
          "%s: %s must have shape %s, got none".formatted(files.single(), name, old.getShape()));
    }
    tensor.require(old.getShape().getShape());
    try (NDManager scope = manager.newSubManager()) {
      NDList pieces = new NDList();
      tensor.addTo(pieces, scope, scratch);
      // A tensor in memory that libtorch allocated. Copying into the old one would not do: DJL
      // makes a target that shares memory with a Java buffer, for as long as it is used.
      NDArray read = pieces.size() == 1 ? pieces.head().duplicate() : NDArrays.concat(pieces);
      read.attach(manager);
      values.set(index, read);
    }
    old.close();
  }
}
