package dev.temper.trainers.data;

import dev.temper.recipes.Method;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Registry;
import java.util.Map;

/** The registered verifiable rewards (family {@code verifier}). */
public final class Verifiers {

  private static final Registry<Verifier> REGISTERED =
      new Registry<>(
          "verifier",
          Map.of(
              ExactMatch.NAME, ExactMatch.REGISTRATION,
              FormatMatch.NAME, FormatMatch.REGISTRATION));

  private Verifiers() {}

  public static MethodFamily family() {
    return REGISTERED;
  }

  /**
   * The verifier that a recipe names.
   *
   * @throws IllegalArgumentException naming each wrong name, parameter or value, with what is known
   */
  public static Verifier create(Method method) {
    return REGISTERED.create(method);
  }
}
