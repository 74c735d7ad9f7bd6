package dev.temper.trainers.selection;

import dev.temper.recipes.Method;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Registration;
import dev.temper.trainers.registry.Registry;
import java.util.List;
import java.util.Map;

/** The registered selection rules: two, and for each a random control of the same size. */
public final class Selections {

  private static final String SOURCE = "RLHF book, arXiv:2504.12501, rejection sampling";

  private static final Registry<Selection> REGISTRY =
      new Registry<>(
          "selection",
          Map.of(
              "top-per-prompt", new Registration<>(SOURCE, List.of(), p -> new TopPerPrompt()),
              "random-per-prompt",
                  new Registration<>(SOURCE, List.of(), p -> new RandomPerPrompt()),
              "top-k-overall", new Registration<>(SOURCE, List.of(), p -> new TopKOverall()),
              "random-k-overall",
                  new Registration<>(SOURCE, List.of(), p -> new RandomKOverall())));

  private Selections() {}

  public static MethodFamily family() {
    return REGISTRY;
  }

  public static Selection create(Method method) {
    return REGISTRY.create(method);
  }
}
