package dev.temper.trainers.model.family;

/**
 * What a layer does around attention and feed-forward.
 *
 * @param normBefore whether either reads the residual stream through a norm
 * @param normAfter whether what either writes to it goes through a norm
 * @param normPlusOne whether norms multiply by one plus their weight
 * @param feedForwardBias whether the matrices of the feed-forward have a bias
 */
public record Block(
    boolean normBefore,
    boolean normAfter,
    boolean normPlusOne,
    boolean feedForwardBias,
    Activation activation) {

  /** Of the feed-forward's gate. */
  public enum Activation {
    SILU,
    /** The approximation of GELU by tanh. */
    GELU_TANH
  }

  static final Block PLAIN = new Block(true, false, false, false, Activation.SILU);

  Block withFeedForwardBias(boolean bias) {
    return new Block(normBefore, normAfter, normPlusOne, bias, activation);
  }
}
