package dev.temper.trainers.model.family;

/**
 * Sizes of a model.
 *
 * @param headDim size of one head; heads times this need not be the hidden size
 * @param tiedHead whether the output head is the embedding matrix
 */
public record Shape(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    double rmsNormEps,
    boolean tiedHead,
    int maxPositions) {}
