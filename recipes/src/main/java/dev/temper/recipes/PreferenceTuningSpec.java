package dev.temper.recipes;

import java.util.Optional;

/**
 * Trains a policy on compared pairs directly, without a reward model between.
 *
 * @param init policy to start from
 * @param reference frozen policy that log-ratios are taken against
 * @param pairs training pairs
 * @param test pairs that the policy is measured on
 * @param loss family {@code preference-loss}
 * @param epochs passes over the pairs
 * @param steps optimizer steps; wins over epochs where present
 * @param batchPairs pairs per optimizer step
 * @param microBatchPairs pairs that one thread computes together
 * @param rowTokens both completions of a micro-batch's pairs are packed into rows of this many
 *     tokens
 */
public record PreferenceTuningSpec(
    Input init,
    Input reference,
    Input pairs,
    Optional<Input> test,
    Method loss,
    double epochs,
    Optional<Integer> steps,
    int batchPairs,
    int microBatchPairs,
    int rowTokens,
    double learningRate,
    OptimizerSpec optimizer,
    int evaluateEverySteps,
    PanelSpec panel,
    long seed,
    Numerics numerics)
    implements StageSpec {}
