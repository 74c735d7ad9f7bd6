package dev.temper.trainers.reward;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.model.Scalars;
import java.util.Map;

/**
 * The negative log-likelihood of the comparisons under the Bradley-Terry model.
 *
 * <p>Source: Bradley and Terry (1952); InstructGPT, arXiv:2203.02155, eq. (1), with K = 2.
 *
 * <pre>loss = weightPerPair * sum_i softplus(rejected[i] - chosen[i])</pre>
 *
 * <p>Written as a log-softmax over the two scores, which overflows for no difference. Only
 * differences matter, so a reward head needs no bias. 0 for no pairs.
 *
 * <p>Metrics, parts of means as well: {@code accuracy} (chosen above rejected, a tie counts half)
 * and {@code margin} (chosen - rejected).
 */
final class BradleyTerryLoss implements RewardLoss {

  @Override
  public Loss compute(NDArray chosen, NDArray rejected, double weightPerPair) {
    if (chosen.getShape().dimension() != 1 || !chosen.getShape().equals(rejected.getShape())) {
      throw new IllegalArgumentException(
          "chosen and rejected must have the same shape [pairs], got %s and %s"
              .formatted(chosen.getShape(), rejected.getShape()));
    }
    NDArray scores = NDArrays.stack(new NDList(chosen, rejected), 1);
    NDArray logLikelihood = scores.logSoftmax(1).get(":, 0");
    NDArray value = Scalars.times(logLikelihood, -weightPerPair).sum();

    NDArray margin = chosen.sub(rejected).stopGradient();
    DataType type = margin.getDataType();
    NDArray right = margin.gt(0).toType(type, false).add(margin.eq(0).toType(type, false).mul(0.5));
    return new Loss(
        value,
        Map.of("accuracy", weightPerPair * total(right), "margin", weightPerPair * total(margin)));
  }

  private static double total(NDArray values) {
    return values.toType(DataType.FLOAT64, false).sum().getDouble();
  }
}
