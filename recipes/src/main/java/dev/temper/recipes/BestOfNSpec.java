package dev.temper.recipes;

import java.util.List;
import java.util.Optional;

/**
 * Measures the best of n completions by the proxy, for a whole sweep of n from one set of samples.
 *
 * @param n sweep, ascending
 * @param samples completions per prompt, at least twice the largest n
 */
public record BestOfNSpec(
    Input policy,
    Input proxy,
    Optional<Input> heldout,
    Method gold,
    DataSource prompts,
    List<Integer> n,
    int samples,
    SamplingSpec sampling,
    long seed,
    Numerics numerics)
    implements StageSpec {
  public BestOfNSpec {
    n = List.copyOf(n);
  }
}
