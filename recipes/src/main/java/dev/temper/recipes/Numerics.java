package dev.temper.recipes;

import java.util.Optional;

/**
 * What the bits depend on besides the spec proper.
 *
 * @param format {@code float32} or {@code bfloat16} (matrix products only)
 * @param device {@code cpu} or {@code cuda}
 * @param recompute true where training keeps only what goes into each layer and computes layers
 *     again on the way back: less memory, more time; absent where it does not
 */
public record Numerics(String format, String device, Optional<Boolean> recompute) {

  /** Device of NVIDIA's accelerators. */
  public static final String CUDA = "cuda";

  /** To say no is to say nothing: both are one key. */
  public Numerics {
    recompute = recompute.filter(on -> on);
  }

  /** Without computing anything twice. */
  public Numerics(String format, String device) {
    this(format, device, Optional.empty());
  }
}
