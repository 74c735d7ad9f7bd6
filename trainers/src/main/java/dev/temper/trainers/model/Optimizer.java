package dev.temper.trainers.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import java.io.IOException;

/** Updates tensors from their gradients, and keeps what it needs for that. */
interface Optimizer {

  /**
   * One step on all tensors.
   *
   * @param gradients one per tensor; used up
   * @param factor that the gradients are multiplied by first
   */
  void update(NDManager scope, NDList gradients, double factor, double learningRate);

  /** Writes its state under a prefix; the tensors are saved by whoever has them. */
  void save(CheckpointWriter out, String prefix) throws IOException;

  /** Goes back to what was saved, bit for bit. */
  void restore(CheckpointReader from, String prefix) throws IOException;
}
