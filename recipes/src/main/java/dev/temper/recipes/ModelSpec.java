package dev.temper.recipes;

/**
 * Shape of a new Llama-style model.
 *
 * @param architecture {@code llama}
 * @param width hidden size
 * @param layers transformer blocks
 * @param heads query heads; width must be divisible by it
 * @param kvHeads key and value heads; heads must be divisible by it
 * @param feedForward inner size of the gated feed-forward
 * @param tiedHead whether the output head is the embedding matrix
 * @param ropeTheta base of the rotary frequencies
 * @param maxPositions longest row
 * @param embeddingInit standard deviation of new embeddings
 */
public record ModelSpec(
    String architecture,
    int width,
    int layers,
    int heads,
    int kvHeads,
    int feedForward,
    boolean tiedHead,
    double ropeTheta,
    int maxPositions,
    double embeddingInit) {}
