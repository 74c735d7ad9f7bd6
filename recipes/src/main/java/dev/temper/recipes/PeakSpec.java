package dev.temper.recipes;

/**
 * How the snapshot to use is chosen without gold.
 *
 * @param rule {@code heldout-minus-kl}, {@code proxy-minus-kl}, {@code kl-budget} or {@code last}
 * @param lambda weight of KL in nats
 * @param budget largest KL in nats, for {@code kl-budget}
 */
public record PeakSpec(String rule, double lambda, double budget) {}
