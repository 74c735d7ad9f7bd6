package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Trains every weight of a model. */
final class AllWeights implements Trained {

  private final Transformer transformer;
  private final List<Trainable> tensors;

  AllWeights(Transformer transformer) {
    this.transformer = transformer;
    this.tensors =
        IntStream.range(0, transformer.parameters().size())
            .mapToObj(
                i ->
                    new Trainable(
                        transformer.parameters().get(i).name(), transformer.weights().get(i)))
            .toList();
  }

  @Override
  public List<Trainable> tensors() {
    return tensors;
  }

  @Override
  public NDList gradients(NDManager scope, NDList ofWeights) {
    return ofWeights;
  }

  @Override
  public void updated(NDManager scope) {
    transformer.changed();
  }

  @Override
  public void save(CheckpointWriter out, String prefix) {}

  @Override
  public void restore(CheckpointReader from, String prefix) {}

  @Override
  public Map<String, ByteBuffer> adapter() {
    return Map.of();
  }
}
