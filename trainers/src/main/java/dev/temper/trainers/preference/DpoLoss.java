package dev.temper.trainers.preference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import dev.temper.trainers.model.Scalars;
import dev.temper.trainers.registry.Parameter;
import dev.temper.trainers.registry.Parameters;
import java.util.List;

/**
 * Direct preference optimization.
 *
 * <p>Source: arXiv:2305.18290, eq. (7). With {@code labelSmoothing} e it is the conservative form
 * (Mitchell, 2023) for labels of which a share e is wrong; its optimum is finite, at a margin of
 * {@code log((1 - e) / e)}.
 *
 * <pre>loss = -(1 - e) log sigmoid(margin) - e log sigmoid(-margin)</pre>
 *
 * <p>Written as a log-softmax of margin and 0, which overflows for no margin.
 */
final class DpoLoss implements MarginLoss {

  static final List<Parameter> PARAMETERS = List.of(Parameter.between("labelSmoothing", 0, 0, 0.5));

  private final double labelSmoothing;

  DpoLoss(Parameters parameters) {
    this.labelSmoothing = parameters.number("labelSmoothing");
  }

  @Override
  public NDArray perPair(NDArray margin) {
    NDArray logits = NDArrays.stack(new NDList(margin, margin.zerosLike()), 1);
    NDArray logLikelihood = logits.logSoftmax(1);
    NDArray right = Scalars.times(logLikelihood.get(":, 0"), labelSmoothing - 1);
    return labelSmoothing == 0
        ? right
        : right.sub(Scalars.times(logLikelihood.get(":, 1"), labelSmoothing));
  }
}
