package dev.temper.trainers.model.family;

import java.util.List;

/**
 * Rotary positions.
 *
 * @param frequencies one for each pair of dimensions; empty for the plain ones, {@code theta^(-2i /
 *     headDim)}
 * @param factor what cosine and sine are multiplied by
 */
public record Rope(double theta, List<Double> frequencies, double factor) {

  public Rope {
    frequencies = List.copyOf(frequencies);
  }

  static Rope plain(double theta) {
    return new Rope(theta, List.of(), 1);
  }
}
