package dev.temper.recipes;

import java.util.Optional;

/**
 * Trains a scalar head and body on compared pairs.
 *
 * @param init policy whose body the reward model starts from
 * @param pairs training pairs
 * @param test pairs for held-out accuracy, and whose completions the scores are normalized on
 * @param loss family {@code reward-loss}
 */
public record RewardModelSpec(
    Input init,
    Input pairs,
    Optional<Input> test,
    Method loss,
    double epochs,
    int batchPairs,
    int microBatchPairs,
    int rowTokens,
    double learningRate,
    OptimizerSpec optimizer,
    int evaluateEverySteps,
    long seed,
    Numerics numerics)
    implements StageSpec {}
