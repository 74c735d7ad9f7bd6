package dev.temper.trainers.model.family;

import dev.temper.recipes.ModelSpec;
import java.util.List;

/**
 * What the programs need to know of a model: the part of a Hugging Face {@code config.json} that
 * changes what is computed.
 *
 * @param family its {@code model_type}
 */
public record ModelConfig(
    String family, Shape shape, Tokens tokens, Attention attention, Block block, Scales scales) {

  /** The shape that a spec asks for. */
  public static ModelConfig of(ModelSpec spec, int vocabSize, int bosId, int eosId, int padId) {
    return llama(
        new Shape(
            vocabSize,
            spec.width(),
            spec.feedForward(),
            spec.layers(),
            spec.heads(),
            spec.kvHeads(),
            spec.width() / spec.heads(),
            1e-5,
            spec.tiedHead(),
            spec.maxPositions()),
        spec.ropeTheta(),
        new Tokens(bosId, List.of(eosId), padId));
  }

  /** A plain Llama. */
  public static ModelConfig llama(Shape shape, double ropeTheta, Tokens tokens) {
    return new ModelConfig(
        "llama",
        shape,
        tokens,
        Attention.plain(Rope.plain(ropeTheta), shape.layers(), shape.headDim()),
        Block.PLAIN,
        Scales.PLAIN);
  }

  ModelConfig with(Attention newAttention) {
    return new ModelConfig(family, shape, tokens, newAttention, block, scales);
  }

  ModelConfig with(Block newBlock) {
    return new ModelConfig(family, shape, tokens, attention, newBlock, scales);
  }

  ModelConfig with(Scales newScales) {
    return new ModelConfig(family, shape, tokens, attention, block, newScales);
  }

  ModelConfig with(Tokens newTokens) {
    return new ModelConfig(family, shape, newTokens, attention, block, scales);
  }

  public int vocabSize() {
    return shape.vocabSize();
  }

  public int hiddenSize() {
    return shape.hiddenSize();
  }

  /** Longest row. */
  public int maxPositions() {
    return shape.maxPositions();
  }
}
