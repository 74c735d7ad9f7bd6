package dev.temper.trainers.preference;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.model.Scalars;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What all losses share that see a policy as a reward model: {@code reward = beta * logRatio}.
 *
 * <pre>
 *   logRatio = logp(policy) - logp(reference)        per completion, or divided by its length
 *   margin   = reward[chosen] - reward[rejected]
 *   loss     = weightPerPair * sum_i loss(margin[i])
 * </pre>
 *
 * <p>Metrics, each a part of the mean over all pairs of the batch:
 *
 * <ul>
 *   <li>{@code reward_chosen}, {@code reward_rejected}, {@code margin};
 *   <li>{@code accuracy}: margin above 0, a margin of 0 counts half;
 *   <li>{@code logp_chosen}, {@code logp_rejected}: of whole completions under the policy;
 *   <li>{@code log_ratio_chosen}, {@code log_ratio_rejected}: of whole completions.
 * </ul>
 */
final class ImplicitRewardLoss implements PreferenceLoss {

  private final double beta;
  private final boolean perToken;
  private final MarginLoss loss;

  /**
   * @param perToken whether log-ratios are divided by the length of their completion
   */
  ImplicitRewardLoss(double beta, boolean perToken, MarginLoss loss) {
    this.beta = beta;
    this.perToken = perToken;
    this.loss = loss;
  }

  @Override
  public Loss compute(PairBatch batch) {
    NDArray chosenRatio = batch.policyChosen().sub(batch.referenceChosen());
    NDArray rejectedRatio = batch.policyRejected().sub(batch.referenceRejected());
    NDArray chosen = reward(chosenRatio, batch.chosenTokens());
    NDArray rejected = reward(rejectedRatio, batch.rejectedTokens());
    NDArray margin = chosen.sub(rejected);
    NDArray value = Scalars.times(loss.perPair(margin), batch.weightPerPair()).sum();

    Map<String, NDArray> perPair = new LinkedHashMap<>();
    perPair.put("reward_chosen", chosen);
    perPair.put("reward_rejected", rejected);
    perPair.put("margin", margin);
    perPair.put("accuracy", right(margin.stopGradient()));
    perPair.put("logp_chosen", batch.policyChosen());
    perPair.put("logp_rejected", batch.policyRejected());
    perPair.put("log_ratio_chosen", chosenRatio);
    perPair.put("log_ratio_rejected", rejectedRatio);
    return new Loss(value, sums(perPair, batch.weightPerPair()));
  }

  private NDArray reward(NDArray logRatio, NDArray tokens) {
    return Scalars.times(perToken ? logRatio.div(tokens) : logRatio, beta);
  }

  private static NDArray right(NDArray margin) {
    DataType type = margin.getDataType();
    return margin.gt(0).toType(type, false).add(margin.eq(0).toType(type, false).mul(0.5));
  }

  /** Weighted sums, read with one copy. */
  private static Map<String, Double> sums(Map<String, NDArray> perPair, double weight) {
    NDList all = new NDList();
    for (NDArray values : perPair.values()) {
      all.add(values.stopGradient().toType(DataType.FLOAT64, false).sum());
    }
    double[] numbers = NDArrays.stack(all).toDoubleArray();
    Map<String, Double> sums = new LinkedHashMap<>();
    int i = 0;
    for (String name : perPair.keySet()) {
      sums.put(name, weight * numbers[i++]);
    }
    return sums;
  }
}
