package dev.temper.trainers.model;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.io.UncheckedIOException;

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
    requireFitting();
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

  private static void requireFitting() {
    try {
      InstalledLibtorch.problem(System.getenv())
          .ifPresent(
              problem -> {
                throw new IllegalStateException(problem);
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws IllegalStateException saying why there is no accelerator to compute on
   */
  static Device cuda() {
    if (LOADED.getGpuCount() == 0) {
      throw new IllegalStateException(
          LOADED.hasCapability(StandardCapabilities.CUDA)
              ? "device cuda: libtorch sees no CUDA device (driver, CUDA_VISIBLE_DEVICES?)"
              : "device cuda: this libtorch is built for the CPU alone; docs/gpu.md says how to use another");
    }
    return Device.gpu();
  }
}
