package dev.temper.recipes;

import java.util.Map;
import java.util.TreeMap;

/**
 * A registered method by its name in the literature, with its parameters.
 *
 * @param name kebab-case, for example {@code ppo-clip}
 * @param parameters numbers, booleans and strings by name; complete once a {@link MethodCatalog}
 *     has filled in the defaults
 */
public record Method(String name, Map<String, Object> parameters) {
  public Method {
    parameters = java.util.Collections.unmodifiableMap(new TreeMap<>(parameters));
  }
}
