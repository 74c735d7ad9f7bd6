package dev.temper.trainers.estimate;

import dev.temper.recipes.Method;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Parameter;
import dev.temper.trainers.registry.Parameters;
import dev.temper.trainers.registry.Registration;
import dev.temper.trainers.registry.Registry;
import java.util.List;
import java.util.Map;

/** The registered best-of-n estimators. */
public final class BestOfNSweeps {

  private static final Registry<Sweep> REGISTRY =
      new Registry<>(
          "best-of-n",
          Map.of(
              "unbiased",
              new Registration<>(
                  "arXiv:2112.09332 app. I",
                  List.of(
                      Parameter.whole("resamples", 1000, 1, 1_000_000),
                      Parameter.whole("seed", 0, 0, Integer.MAX_VALUE)),
                  p ->
                      (proxy, measured, n) ->
                          BestOfNPoint.sweep(proxy, measured, n, bootstrap(p)))));

  private BestOfNSweeps() {}

  public static MethodFamily family() {
    return REGISTRY;
  }

  public static Sweep create(Method method) {
    return REGISTRY.create(method);
  }

  private static Bootstrap bootstrap(Parameters parameters) {
    return new Bootstrap(
        parameters.whole("resamples"), new NamedRandom(parameters.whole("seed"), "best-of-n"));
  }

  /** See {@link BestOfNPoint#sweep}. */
  @FunctionalInterface
  public interface Sweep {
    List<BestOfNPoint> points(double[][] proxy, Map<String, double[][]> measured, List<Integer> n);
  }
}
