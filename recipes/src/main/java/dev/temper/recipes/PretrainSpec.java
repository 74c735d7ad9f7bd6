package dev.temper.recipes;

import java.util.Optional;

/**
 * Trains a new model on plain documents.
 *
 * @param data documents
 * @param heldout documents for the held-out loss
 * @param tokenizer one that ships with Temper: {@code kind-notes}
 * @param steps optimizer steps
 * @param batchRows rows per optimizer step
 * @param rowTokens tokens per row; documents are cut to pieces that fill rows, and never see each
 *     other
 * @param microBatchRows rows that one thread computes together
 * @param evaluateEverySteps optimizer steps between held-out losses
 */
public record PretrainSpec(
    DataSource data,
    Optional<DataSource> heldout,
    String tokenizer,
    ModelSpec model,
    int steps,
    int batchRows,
    int rowTokens,
    int microBatchRows,
    double learningRate,
    OptimizerSpec optimizer,
    int evaluateEverySteps,
    PanelSpec panel,
    long seed,
    Numerics numerics)
    implements StageSpec {}
