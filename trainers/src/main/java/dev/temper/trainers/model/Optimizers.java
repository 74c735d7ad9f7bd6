package dev.temper.trainers.model;

import ai.djl.ndarray.NDManager;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.StageFailure;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The optimizers by name. */
final class Optimizers {

  private interface Maker {
    Optimizer make(List<Trainable> tensors, OptimizerSpec spec, NDManager manager);
  }

  private static final Map<String, Maker> ALL =
      Map.of("adamw", AdamW::new, "adafactor", Adafactor::new);

  private Optimizers() {}

  static Optimizer of(OptimizerSpec spec, List<Trainable> tensors, NDManager manager) {
    Maker maker = ALL.get(spec.name());
    if (maker == null) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "optimizer must be one of %s, got '%s'"
              .formatted(new TreeSet<>(ALL.keySet()), spec.name()));
    }
    return maker.make(tensors, spec, manager);
  }
}
