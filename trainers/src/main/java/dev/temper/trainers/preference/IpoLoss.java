package dev.temper.trainers.preference;

import ai.djl.ndarray.NDArray;
import dev.temper.trainers.model.Scalars;

/**
 * Identity preference optimization.
 *
 * <p>Source: arXiv:2310.12036, eq. (17), with {@code tau = beta}. {@code h = margin / beta} is the
 * difference of the log-ratios of whole completions, not of their means per token.
 *
 * <pre>loss = (h - 1 / (2 beta))^2</pre>
 *
 * <p>The margin that it wants is 1/2, whatever beta is.
 */
final class IpoLoss implements MarginLoss {

  private final double beta;

  IpoLoss(double beta) {
    this.beta = beta;
  }

  @Override
  public NDArray perPair(NDArray margin) {
    NDArray wanted = margin.getManager().create(0.5);
    return Scalars.times(margin.sub(wanted), 1 / beta).square();
  }
}
