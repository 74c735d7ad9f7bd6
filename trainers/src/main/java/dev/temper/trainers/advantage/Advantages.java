package dev.temper.trainers.advantage;

import dev.temper.recipes.Method;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Registration;
import dev.temper.trainers.registry.Registry;
import java.util.List;
import java.util.Map;

/** The registered advantages. */
public final class Advantages {

  private static final Registry<Advantage> REGISTRY =
      new Registry<>(
          "advantage",
          Map.of(
              "reinforce",
                  new Registration<>(
                      "Williams (1992)",
                      List.of(ReinforceAdvantage.BASELINE),
                      p -> new ReinforceAdvantage(p.text("baseline"))),
              "rloo",
                  new Registration<>(
                      "arXiv:2402.14740", List.of(), p -> new RlooAdvantage().perGroup("rloo", 2)),
              "grpo",
                  new Registration<>(
                      "arXiv:2402.03300, outcome supervision",
                      List.of(GrpoAdvantage.EPSILON),
                      p -> new GrpoAdvantage(p.number("epsilon")).perGroup("grpo", 2)),
              "dr-grpo",
                  new Registration<>(
                      "arXiv:2503.20783",
                      List.of(),
                      p -> new DrGrpoAdvantage().perGroup("dr-grpo", 1))));

  private Advantages() {}

  public static MethodFamily family() {
    return REGISTRY;
  }

  public static Advantage create(Method method) {
    return REGISTRY.create(method);
  }
}
