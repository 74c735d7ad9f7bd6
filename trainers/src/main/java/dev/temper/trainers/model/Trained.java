package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** What is trained of a model: all its weights, or adapters. */
interface Trained {

  /** In an order that does not change. */
  List<Trainable> tensors();

  /**
   * Gradients of the tensors.
   *
   * @param ofWeights gradients of the model's weights
   */
  NDList gradients(NDManager scope, NDList ofWeights);

  /** The tensors were changed: the model's weights follow. */
  void updated(NDManager scope);

  /** Writes what the model's weights do not tell. */
  void save(CheckpointWriter out, String prefix) throws IOException;

  /** Goes back to what was saved, bit for bit. */
  void restore(CheckpointReader from, String prefix) throws IOException;

  /** Files of an adapter, by name; none where all weights are trained. */
  Map<String, ByteBuffer> adapter();
}
