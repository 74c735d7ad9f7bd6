package dev.temper.trainers.model;

import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.StageFailure;
import java.util.Map;
import java.util.TreeSet;

/**
 * Learning rate over optimizer steps.
 *
 * <p>{@code rate(s) = peak * min(1, (s + 1) / warmup) * shape(s)}, with {@code shape = 1} for
 * constant, {@code floor + (1 - floor) * (1 + cos(pi * s / total)) / 2} for cosine and {@code floor
 * + (1 - floor) * (1 - s / total)} for linear.
 *
 * @param peak rate at the end of warm-up
 * @param total optimizer steps in all
 */
public record Schedule(OptimizerSpec optimizer, double peak, long total) {

  /** What is left of the way from peak to floor, by the share of the steps that is done. */
  private interface Decay {
    double left(double done);
  }

  private static final Map<String, Decay> DECAYS =
      Map.of(
          "constant", done -> 1,
          "linear", done -> 1 - done,
          "cosine", done -> (1 + Math.cos(Math.PI * done)) / 2);

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
    double left = DECAYS.get(optimizer.schedule()).left(Math.min(1, (double) step / total));
    return peak * warmth * (optimizer.floor() + (1 - optimizer.floor()) * left);
  }
}
