package dev.temper.trainers.model.family;

import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What attention computes.
 *
 * @param localRope of the layers that say so
 * @param layers one for each layer
 * @param window positions that a windowed layer sees, its own included; 0 if no layer is windowed
 * @param scale factor on the products of queries and keys
 * @param cap bound of the scaled products, by tanh; 0 for none
 * @param bias whether queries, keys and values have a bias
 * @param outputBias whether the output matrix has one
 */
public record Attention(
    Rope rope,
    Optional<Rope> localRope,
    List<Layer> layers,
    int window,
    double scale,
    double cap,
    QueryKeyNorm norm,
    boolean bias,
    boolean outputBias) {

  /** Whether queries and keys are normed before positions are applied. */
  public enum QueryKeyNorm {
    NONE,
    /** Each head by itself, all with the same weights. */
    EACH_HEAD,
    /** All heads together. */
    ALL_HEADS
  }

  /** Which positions a layer knows. */
  public enum Positions {
    NONE,
    ROPE,
    LOCAL_ROPE
  }

  /**
   * One layer's attention.
   *
   * @param windowed whether it sees no further back than the window
   */
  public record Layer(boolean windowed, Positions positions) {
    static final Layer PLAIN = new Layer(false, Positions.ROPE);
  }

  public Attention {
    layers = List.copyOf(layers);
  }

  /** As in the first Llama. */
  static Attention plain(Rope rope, int layers, int headDim) {
    return new Attention(
        rope,
        Optional.empty(),
        Collections.nCopies(layers, Layer.PLAIN),
        0,
        1 / Math.sqrt(headDim),
        0,
        QueryKeyNorm.NONE,
        false,
        false);
  }

  Attention withLayers(int newWindow, List<Layer> newLayers) {
    return new Attention(rope, localRope, newLayers, newWindow, scale, cap, norm, bias, outputBias);
  }

  Attention withNorm(QueryKeyNorm newNorm) {
    return new Attention(rope, localRope, layers, window, scale, cap, newNorm, bias, outputBias);
  }

  Attention withBias(boolean newBias, boolean newOutputBias) {
    return new Attention(rope, localRope, layers, window, scale, cap, norm, newBias, newOutputBias);
  }

  Attention withScale(double newScale, double newCap) {
    return new Attention(rope, localRope, layers, window, newScale, newCap, norm, bias, outputBias);
  }

  Attention withLocalRope(Rope local) {
    return new Attention(
        rope, Optional.of(local), layers, window, scale, cap, norm, bias, outputBias);
  }
}
