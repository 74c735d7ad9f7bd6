package dev.temper.recipes;

/**
 * An average of the weights over the steps, which becomes the result in place of the last weights.
 *
 * @param decay what an optimizer step leaves of the average, in [0, 1)
 */
public record EmaSpec(double decay) {}
