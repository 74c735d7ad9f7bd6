package dev.temper.recipes;

import java.util.List;
import java.util.Optional;

/**
 * Samples and scores completions once, for every selection that is made from them.
 *
 * @param reward reward model that scores
 * @param verifiers verifiable rewards added to the score, each with parameter {@code weight}
 *     (family {@code verifier})
 * @param gold truth for the diagnostics, never for the selection
 */
public record RolloutsSpec(
    Input policy,
    Optional<Input> reward,
    List<Method> verifiers,
    Optional<Method> gold,
    DataSource prompts,
    int completionsPerPrompt,
    SamplingSpec sampling,
    long seed,
    Numerics numerics)
    implements StageSpec {
  public RolloutsSpec {
    verifiers = List.copyOf(verifiers);
  }
}
