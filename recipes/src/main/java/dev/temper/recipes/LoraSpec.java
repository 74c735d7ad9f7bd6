package dev.temper.recipes;

import java.util.List;

/**
 * Low-rank adapters that are trained instead of the weights.
 *
 * @param rank of the product that is added to a matrix
 * @param alpha the product is multiplied by {@code alpha / rank}
 * @param targets last names of the matrices, as in {@code q_proj}
 * @param rankStabilized whether it is multiplied by {@code alpha / sqrt(rank)} instead
 */
public record LoraSpec(int rank, double alpha, List<String> targets, boolean rankStabilized) {

  public LoraSpec {
    targets = List.copyOf(targets);
  }

  /** What the product is multiplied by. */
  public double scale() {
    return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
  }
}
