package dev.temper.trainers.data;

import dev.temper.recipes.Method;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.registry.Registry;
import java.util.Map;

/** The registered gold scorers (family {@code gold}). */
public final class Golds {

  private static final Registry<GoldScorer> REGISTERED =
      new Registry<>("gold", Map.of("kind-notes", KindNotesGold.REGISTRATION));

  private Golds() {}

  public static MethodFamily family() {
    return REGISTERED;
  }

  /**
   * The scorer that a recipe names.
   *
   * @throws IllegalArgumentException naming each wrong name, parameter or value, with what is known
   */
  public static GoldScorer create(Method method) {
    return REGISTERED.create(method);
  }
}
