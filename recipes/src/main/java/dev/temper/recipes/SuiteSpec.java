package dev.temper.recipes;

import java.util.List;
import java.util.Optional;

/**
 * Prompts or rows, and what is measured on them for every model.
 *
 * @param name prefix of its metrics
 * @param data prompts (generated on) or rows with completions (likelihood)
 * @param metrics of {@code exact-match, gold, likelihood, termination, length, distinct-1,
 *     distinct-2, reward-accuracy}
 * @param gold scorer for {@code gold}
 * @param verifier for {@code exact-match}
 * @param pairs compared pairs, for {@code reward-accuracy} of the evaluation's reward models
 */
public record SuiteSpec(
    String name,
    Optional<DataSource> data,
    List<String> metrics,
    Optional<Method> gold,
    Optional<Method> verifier,
    Optional<Input> pairs,
    SamplingSpec sampling) {
  public SuiteSpec {
    metrics = List.copyOf(metrics);
  }
}
