package dev.temper.trainers.model;

import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;

/**
 * The native tensor library, loaded when this class is first used.
 *
 * <p>One thread inside an operation and one between operations: Temper runs whole micro-batches and
 * chunks on threads of its own, so that bits never depend on how many threads there are.
 */
final class Libtorch {

  /** Loaded once per process. */
  private static final Engine LOADED = load();

  private Libtorch() {}

  static Engine engine() {
    return LOADED;
  }

  private static Engine load() {
    // DJL sets the number of threads between operations while it starts; libtorch allows it once.
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    System.setProperty("ai.djl.pytorch.num_threads", "1");
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    // Otherwise DJL reports its use over the network.
    System.setProperty("OPT_OUT_TRACKING", "true");
    Engine engine = Engine.getEngine("PyTorch");
    JniUtils.setNumThreads(1);
    return engine;
  }
}
