package dev.temper.trainers.model;

import ai.djl.engine.EngineException;
import dev.temper.trainers.StageFailure;
import java.util.List;

/** Tells libtorch's refusals of memory from its other failures. */
final class MemoryShortage {

  /** Of the allocators of CPU and CUDA, and of cuBLAS. */
  private static final List<String> SIGNS =
      List.of(
          "can't allocate memory",
          "not enough memory",
          "out of memory",
          "CUBLAS_STATUS_ALLOC_FAILED");

  private MemoryShortage() {}

  /**
   * The failure of a training step, as a stage reports it.
   *
   * @param largest sequences of its largest micro-batch
   */
  static RuntimeException in(EngineException failure, int largest) {
    String message = String.valueOf(failure.getMessage());
    return SIGNS.stream().anyMatch(message::contains)
        ? new StageFailure(
            StageFailure.Type.OUT_OF_MEMORY,
            "a training step with micro-batches of up to %d sequences ran out of memory: %s"
                .formatted(largest, line(message)),
            failure)
        : failure;
  }

  /** The line that says how much was asked for: there may be a trace of the program around it. */
  private static String line(String message) {
    return message
        .lines()
        .filter(line -> SIGNS.stream().anyMatch(line::contains))
        .findFirst()
        .orElse(message)
        .strip();
  }
}
