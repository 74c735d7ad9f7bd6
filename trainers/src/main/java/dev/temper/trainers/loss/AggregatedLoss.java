package dev.temper.trainers.loss;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.model.Scalars;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What all policy losses share: masking, the ratio, KL in the loss, aggregation, metrics.
 *
 * <pre>
 *   loss = sum_{b,t} weights[b,t] * (tokenLoss[b,t] + klBeta * kl[b,t])
 * </pre>
 *
 * Metrics, each a part of the mean over all tokens of the batch:
 *
 * <ul>
 *   <li>{@code clip_fraction}: tokens whose gradient clipping has made 0;
 *   <li>{@code approx_kl}: {@code (logp - oldLogp)^2 / 2}, drift since the rollout, in nats;
 *   <li>{@code ratio_mean}: {@code exp(logp - oldLogp)};
 *   <li>{@code kl}: what KL in the loss adds per unit of klBeta, where klBeta is not 0.
 * </ul>
 */
final class AggregatedLoss implements PolicyLoss {

  /**
   * Log-ratios are clamped here before exp: a ratio of 4.9e8 or 2.1e-9 carries no information but
   * could overflow in float32. Beyond it the gradient through the ratio is 0.
   */
  private static final double LARGEST_LOG_RATIO = 20;

  private final TokenLoss tokenLoss;
  private final KlInLoss klInLoss;

  AggregatedLoss(TokenLoss tokenLoss, KlInLoss klInLoss) {
    this.tokenLoss = tokenLoss;
    this.klInLoss = klInLoss;
  }

  @Override
  public Loss compute(TokenBatch unmasked) {
    // Masked before exp: a padded entry gives ratio 1, never inf * 0.
    TokenBatch batch = unmasked.masked();
    NDArray logRatio = batch.logp().sub(batch.oldLogp());
    NDArray ratio = logRatio.clip(-LARGEST_LOG_RATIO, LARGEST_LOG_RATIO).exp();
    TokenLoss.Terms terms = tokenLoss.perToken(batch, ratio);
    Optional<NDArray> kl = klInLoss.perToken(batch);
    NDArray loss =
        kl.map(k -> terms.loss().add(Scalars.times(k, klInLoss.beta()))).orElse(terms.loss());

    Map<String, NDArray> perToken = new LinkedHashMap<>();
    perToken.put("clip_fraction", terms.clipped().toType(ratio.getDataType(), false));
    perToken.put("approx_kl", logRatio.square().mul(0.5));
    perToken.put("ratio_mean", ratio);
    kl.ifPresent(k -> perToken.put("kl", k));
    return new Loss(loss.mul(batch.weights()).sum(), means(perToken, batch.tokenWeights()));
  }

  /** Weighted sums, read with one copy. */
  private static Map<String, Double> means(Map<String, NDArray> perToken, NDArray tokenWeights) {
    NDList sums = new NDList();
    perToken.values().forEach(value -> sums.add(value.stopGradient().mul(tokenWeights).sum()));
    double[] numbers = NDArrays.stack(sums).toType(DataType.FLOAT64, false).toDoubleArray();
    Map<String, Double> means = new LinkedHashMap<>();
    int i = 0;
    for (String name : perToken.keySet()) {
      means.put(name, numbers[i++]);
    }
    return means;
  }
}
