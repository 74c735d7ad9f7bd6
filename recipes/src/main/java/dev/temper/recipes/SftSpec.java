package dev.temper.recipes;

import java.util.Optional;

/**
 * Trains a policy on completions; prompts are masked by position, the end of turn is trained.
 *
 * @param data rows with prompt and completion
 * @param heldout rows for the held-out loss
 * @param turns of a conversation, which answers are trained: {@code final} the last, {@code all}
 *     every one in one sequence, {@code unrolled} every one as a sequence without what follows it
 * @param epochs passes over the data
 * @param steps optimizer steps; wins over epochs where present
 * @param batchSize rows per optimizer step
 * @param microBatch rows that one thread computes together
 * @param rowTokens rows of a micro-batch are packed into rows of this many tokens
 */
public record SftSpec(
    Input init,
    DataSource data,
    Optional<DataSource> heldout,
    String turns,
    double epochs,
    Optional<Integer> steps,
    int batchSize,
    int microBatch,
    int rowTokens,
    double learningRate,
    OptimizerSpec optimizer,
    int evaluateEverySteps,
    PanelSpec panel,
    long seed,
    Numerics numerics)
    implements StageSpec {}
