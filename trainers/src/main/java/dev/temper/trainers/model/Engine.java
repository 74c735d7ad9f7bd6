package dev.temper.trainers.model;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.temper.recipes.Numerics;
import dev.temper.trainers.Compute;
import dev.temper.trainers.StageFailure;

/** Where and how tensors are computed; the tensor library is loaded when a first model needs it. */
public final class Engine {
  private final Compute compute;
  private final Numerics numerics;

  /** Computes in float32 on the CPU. */
  public Engine(Compute compute) {
    this(compute, new Numerics("float32", "cpu"));
  }

  /**
   * @throws StageFailure if there is no such number format or device
   */
  public Engine(Compute compute, Numerics numerics) {
    require("format", numerics.format(), "float32", "bfloat16");
    require("device", numerics.device(), "cpu", Numerics.CUDA);
    this.compute = compute;
    this.numerics = numerics;
  }

  /** Threads that micro-batches and chunks run on. */
  public Compute compute() {
    return compute;
  }

  /** Whether matrix products are computed in bfloat16. */
  boolean bfloat16() {
    return numerics.format().equals("bfloat16");
  }

  /** Whether layers are computed again on the way back. */
  boolean recomputes() {
    return numerics.recompute().isPresent();
  }

  /** A manager of tensors on this engine's device, to be closed by its owner. */
  public NDManager newManager() {
    Device device = numerics.device().equals(Numerics.CUDA) ? Libtorch.cuda() : Device.cpu();
    return Libtorch.engine().newBaseManager(device);
  }

  /**
   * Loads the tensor library and looks for an accelerator.
   *
   * @throws IllegalStateException saying why there is none
   */
  public static void requireCuda() {
    Libtorch.cuda();
  }

  private static void require(String field, String value, String first, String second) {
    if (!value.equals(first) && !value.equals(second)) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "numerics.%s must be one of [%s, %s], got '%s'".formatted(field, first, second, value));
    }
  }
}
