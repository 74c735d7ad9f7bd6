package dev.temper.trainers.model.family;

/**
 * Factors at both ends of a model.
 *
 * @param embedding factor on embeddings as they are read
 * @param logitCap bound of next-token logits, by tanh; 0 for none
 */
public record Scales(double embedding, double logitCap) {
  static final Scales PLAIN = new Scales(1, 0);
}
