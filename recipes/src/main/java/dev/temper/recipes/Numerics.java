package dev.temper.recipes;

/**
 * What the bits depend on besides the spec proper.
 *
 * @param format {@code float32} or {@code bfloat16} (matrix products only)
 * @param device {@code cpu} or {@code cuda}
 */
public record Numerics(String format, String device) {

  /** Device of NVIDIA's accelerators. */
  public static final String CUDA = "cuda";
}
