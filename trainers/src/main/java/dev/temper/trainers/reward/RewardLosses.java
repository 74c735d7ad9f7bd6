package dev.temper.trainers.reward;

import dev.temper.recipes.Method;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Registration;
import dev.temper.trainers.registry.Registry;
import java.util.List;
import java.util.Map;

/** The registered reward-model losses. */
public final class RewardLosses {

  private static final Registry<RewardLoss> REGISTRY =
      new Registry<>(
          "reward-loss",
          Map.of(
              "bradley-terry",
              new Registration<>(
                  "arXiv:2203.02155 eq. 1", List.of(), p -> new BradleyTerryLoss())));

  private RewardLosses() {}

  public static MethodFamily family() {
    return REGISTRY;
  }

  public static RewardLoss create(Method method) {
    return REGISTRY.create(method);
  }
}
