package dev.temper.trainers.model;

import dev.temper.recipes.ModelSpec;

/**
 * Shape of a Llama-style model: the part of a Hugging Face {@code config.json} that Temper knows.
 *
 * @param headDim size of one head; heads times this need not be the hidden size
 * @param tiedHead whether the output head is the embedding matrix
 */
public record LlamaConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    double ropeTheta,
    double rmsNormEps,
    boolean tiedHead,
    int maxPositions,
    int bosId,
    int eosId,
    int padId) {

  /** The shape that a spec asks for. */
  public static LlamaConfig of(ModelSpec spec, int vocabSize, int bosId, int eosId, int padId) {
    return new LlamaConfig(
        vocabSize,
        spec.width(),
        spec.feedForward(),
        spec.layers(),
        spec.heads(),
        spec.kvHeads(),
        spec.width() / spec.heads(),
        spec.ropeTheta(),
        1e-5,
        spec.tiedHead(),
        spec.maxPositions(),
        bosId,
        eosId,
        padId);
  }
}
