package dev.temper.recipes;

/**
 * KL penalty to the reference.
 *
 * @param in {@code none}, {@code reward} or {@code loss}
 * @param estimator {@code k1}, {@code k2} or {@code k3}
 * @param scale in the reward: {@code sum} over the completion or {@code token-mean}
 * @param beta per unit of (normalized) reward and nat
 */
public record KlSpec(String in, String estimator, String scale, double beta) {}
