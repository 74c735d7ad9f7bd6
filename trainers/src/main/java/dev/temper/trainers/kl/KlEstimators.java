package dev.temper.trainers.kl;

import dev.temper.recipes.Method;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Registration;
import dev.temper.trainers.registry.Registry;
import java.util.List;
import java.util.Map;

/** The registered KL estimators. */
public final class KlEstimators {

  private static final String SOURCE = "Schulman, Approximating KL Divergence (2020)";

  private static final Registry<KlEstimator> REGISTRY =
      new Registry<>(
          "kl",
          Map.of(
              "k1", new Registration<>(SOURCE + ", k1", List.of(), p -> new K1()),
              "k2", new Registration<>(SOURCE + ", k2", List.of(), p -> new K2()),
              "k3",
                  new Registration<>(
                      SOURCE + ", k3; arXiv:2402.03300 eq. 4", List.of(), p -> new K3())));

  private KlEstimators() {}

  public static MethodFamily family() {
    return REGISTRY;
  }

  /** Names, sorted. */
  public static List<String> names() {
    return REGISTRY.entries().stream().map(entry -> entry.name()).toList();
  }

  public static KlEstimator create(Method method) {
    return REGISTRY.create(method);
  }

  /** The estimator of that name: {@code k1}, {@code k2} or {@code k3}. */
  public static KlEstimator create(String name) {
    return create(new Method(name, Map.of()));
  }
}
