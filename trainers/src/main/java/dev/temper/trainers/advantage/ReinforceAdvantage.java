package dev.temper.trainers.advantage;

import dev.temper.trainers.registry.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The reward less one baseline for the whole batch.
 *
 * <p>Source: Williams (1992), with the batch mean as baseline.
 *
 * <pre>
 *   A[p][i] = r[p][i] - mean over all rewards of the batch    (baseline batch-mean)
 *   A[p][i] = r[p][i]                                         (baseline none)
 * </pre>
 *
 * <p>The batch mean contains the completion's own reward: a bias of order 1 / batch.
 */
final class ReinforceAdvantage implements Advantage {

  private static final Map<String, ToDoubleFunction<double[]>> BASELINES =
      Map.of("batch-mean", Rewards::mean, "none", rewards -> 0);

  static final Parameter BASELINE =
      Parameter.choice("baseline", "batch-mean", List.of("batch-mean", "none"));

  private final ToDoubleFunction<double[]> baseline;

  ReinforceAdvantage(String baseline) {
    this.baseline = BASELINES.get(baseline);
  }

  @Override
  public double[][] compute(double[][] rewards) {
    for (int prompt = 0; prompt < rewards.length; prompt++) {
      Rewards.requireFinite(rewards[prompt], prompt);
    }
    double[] all = Arrays.stream(rewards).flatMapToDouble(Arrays::stream).toArray();
    // The mean of equal numbers can be off in the last place, so it is taken of one of them.
    double level =
        baseline.applyAsDouble(
            Rewards.equal(all) ? Arrays.copyOf(all, Math.min(1, all.length)) : all);
    return Arrays.stream(rewards)
        .map(group -> Rewards.minus(group, level))
        .toArray(double[][]::new);
  }
}
