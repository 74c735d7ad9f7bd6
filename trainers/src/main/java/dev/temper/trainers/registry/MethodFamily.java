package dev.temper.trainers.registry;

import dev.temper.recipes.Method;
import dev.temper.recipes.MethodCatalog.Entry;
import java.util.List;

/** All methods that can stand in one place of a recipe. Never loads a tensor library. */
public interface MethodFamily {

  /** For example {@code policy-loss}. */
  String name();

  /** Every method, sorted by name. */
  List<Entry> entries();

  /**
   * The method with every default filled in and every number in its declared type.
   *
   * @throws IllegalArgumentException naming each wrong name, parameter or value, with what is known
   */
  Method resolve(Method method);
}
