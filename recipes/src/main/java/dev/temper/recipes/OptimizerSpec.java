package dev.temper.recipes;

/**
 * AdamW and its schedule.
 *
 * @param schedule {@code constant}, {@code cosine} or {@code linear}
 * @param warmupSteps optimizer steps of linear warm-up
 * @param floor share of the peak learning rate at the end of the schedule
 * @param weightDecay decoupled, on matrices only
 * @param maxGradientNorm global gradient norm is clipped to this; 0 for no clipping
 */
public record OptimizerSpec(
    String schedule,
    int warmupSteps,
    double floor,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    double maxGradientNorm) {}
