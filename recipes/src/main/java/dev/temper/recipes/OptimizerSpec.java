package dev.temper.recipes;

import java.util.Optional;

/**
 * The optimizer and its schedule.
 *
 * @param schedule {@code constant}, {@code cosine}, {@code linear} or {@code wsd} (warm-up, stable,
 *     decay)
 * @param warmupSteps optimizer steps of linear warm-up
 * @param floor share of the peak learning rate at the end of the schedule
 * @param weightDecay decoupled, on matrices only
 * @param beta1 of adamw
 * @param beta2 of adamw
 * @param epsilon of adamw
 * @param maxGradientNorm global gradient norm is clipped to this; 0 for no clipping
 * @param name {@code adamw}, or {@code adafactor} which keeps two vectors for a matrix instead of
 *     two matrices
 * @param decayShare share of all steps at the end in which {@code wsd} decays
 * @param lora trains adapters; without it all weights
 * @param ema makes an average of the weights the result; without it the last weights
 */
public record OptimizerSpec(
    String schedule,
    int warmupSteps,
    double floor,
    double weightDecay,
    double beta1,
    double beta2,
    double epsilon,
    double maxGradientNorm,
    String name,
    double decayShare,
    Optional<LoraSpec> lora,
    Optional<EmaSpec> ema) {

  public static final String ADAMW = "adamw";
  public static final double DECAY_SHARE = 0.2;

  /** AdamW on all weights. */
  public OptimizerSpec(
      String schedule,
      int warmupSteps,
      double floor,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      double maxGradientNorm) {
    this(
        schedule,
        warmupSteps,
        floor,
        weightDecay,
        beta1,
        beta2,
        epsilon,
        maxGradientNorm,
        ADAMW,
        DECAY_SHARE,
        Optional.empty(),
        Optional.empty());
  }
}
