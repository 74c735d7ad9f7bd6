package dev.temper.recipes;

import java.util.Optional;

/**
 * Measures every snapshot of a policy: KL, proxy, held-out and gold reward on the same prompts with
 * the same random numbers.
 *
 * @param policies an {@code rl} stage
 * @param reference what KL is measured to; the reference of that stage unless said otherwise
 */
public record CurveSpec(
    Input policies,
    Input reference,
    Input proxy,
    Optional<Input> heldout,
    Method gold,
    DataSource prompts,
    int samplesPerPrompt,
    PeakSpec peak,
    SamplingSpec sampling,
    long seed,
    Numerics numerics)
    implements StageSpec {}
