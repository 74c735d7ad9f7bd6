package dev.temper.recipes;

import java.util.Optional;

/**
 * Selects completions from rollouts.
 *
 * @param select family {@code selection}
 * @param k completions to keep, where the rule needs it
 * @param requireEnd whether completions that did not end are left out
 */
public record RejectionSamplingSpec(
    Input rollouts,
    Method select,
    Optional<Integer> k,
    boolean requireEnd,
    long seed,
    Numerics numerics)
    implements StageSpec {}
