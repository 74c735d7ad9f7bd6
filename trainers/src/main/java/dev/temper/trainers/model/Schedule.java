package dev.temper.trainers.model;

import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.StageFailure;
import java.util.Map;
import java.util.TreeSet;

/**
 * Learning rate over optimizer steps.
 *
 * <p>{@code rate(s) = peak * min(1, (s + 1) / warmup) * shape(s)}, with {@code shape = 1} for
 * constant, {@code floor + (1 - floor) * (1 + cos(pi * s / total)) / 2} for cosine, {@code floor +
 * (1 - floor) * (1 - s / total)} for linear and {@code floor + (1 - floor) * min(1, (1 - s / total)
 * / decayShare)} for wsd (Hu et al., arXiv:2404.06395, with the linear decay of Hägele et al.,
 * arXiv:2405.18392).
 *
 * @param peak rate at the end of warm-up
 * @param total optimizer steps in all
 */
public record Schedule(OptimizerSpec optimizer, double peak, long total) {

  /** What is left of the way from peak to floor, by the share of the steps that is done. */
  private interface Decay {
    double left(double done, OptimizerSpec optimizer);
  }

  private static final Map<String, Decay> DECAYS =
      Map.of(
          "constant", (done, optimizer) -> 1,
          "linear", (done, optimizer) -> 1 - done,
          "cosine", (done, optimizer) -> (1 + Math.cos(Math.PI * done)) / 2,
          "wsd", Schedule::stableThenDecay);

  private static double stableThenDecay(double done, OptimizerSpec optimizer) {
    return done < 1 - optimizer.decayShare() ? 1 : (1 - done) / optimizer.decayShare();
  }

  public Schedule {
    if (!DECAYS.containsKey(optimizer.schedule())) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "schedule must be one of %s, got '%s'"
              .formatted(new TreeSet<>(DECAYS.keySet()), optimizer.schedule()));
    }
  }

  /** Rate of the optimizer step with index {@code step}, from 0. */
  public double at(long step) {
    double warmth =
        optimizer.warmupSteps() == 0 ? 1 : Math.min(1, (step + 1.0) / optimizer.warmupSteps());
    double left =
        DECAYS.get(optimizer.schedule()).left(Math.min(1, (double) step / total), optimizer);
    return peak * warmth * (optimizer.floor() + (1 - optimizer.floor()) * left);
  }
}
