package dev.temper.trainers.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import dev.temper.trainers.registry.Parameter;
import dev.temper.trainers.registry.Parameters;
import java.util.List;

/**
 * The clipped surrogate objective of PPO and GRPO.
 *
 * <p>Source: PPO, arXiv:1707.06347, eq. (7), with a lower and an upper range as in DAPO,
 * arXiv:2503.14476 (Clip-Higher); per token as in GRPO, arXiv:2402.03300, eq. (3). The sources
 * maximize; this is the negative.
 *
 * <pre>
 *   ratio[b,t] = exp(logp - oldLogp)
 *   loss[b,t]  = -min(ratio * A, clip(ratio, 1 - clipLow, 1 + clipHigh) * A)
 * </pre>
 *
 * <p>A token counts as clipped where its gradient is 0: {@code A > 0} and {@code ratio > 1 +
 * clipHigh}, or {@code A < 0} and {@code ratio < 1 - clipLow}. A ratio outside the range alone is
 * not enough.
 */
final class ClippedSurrogateLoss implements TokenLoss {

  static final List<Parameter> PARAMETERS =
      List.of(Parameter.between("clipLow", 0.2, 0, 1), Parameter.atLeast("clipHigh", 0.2, 0));

  private final double least;
  private final double most;

  ClippedSurrogateLoss(Parameters parameters) {
    this.least = 1 - parameters.number("clipLow");
    this.most = 1 + parameters.number("clipHigh");
  }

  @Override
  public Terms perToken(TokenBatch batch, NDArray ratio) {
    NDArray free = ratio.mul(batch.advantage());
    NDArray limited = ratio.clip(least, most).mul(batch.advantage());
    return new Terms(NDArrays.minimum(free, limited).neg(), limited.lt(free));
  }
}
