package dev.temper.recipes.yaml;

import dev.temper.recipes.Product;
import java.util.Optional;

/**
 * What is known about one record component besides its type.
 *
 * @param byDefault value of a key that is absent; empty for required (or optional) components
 * @param rule of the value, or of each item of a list or map
 * @param family of methods that a method must be of
 * @param product what an input must be
 */
record Field(
    String name,
    Optional<Default> byDefault,
    Optional<Rule> rule,
    Optional<String> family,
    Optional<Product> product) {

  static Field field(String name) {
    return new Field(name, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** A default in YAML; a map is merged with what the recipe says. */
  Field or(String yaml) {
    return or(Default.yaml(yaml));
  }

  Field or(Default other) {
    return new Field(name, Optional.of(other), rule, family, product);
  }

  Field is(Rule rule) {
    return new Field(name, byDefault, Optional.of(rule), family, product);
  }

  Field methodOf(String family) {
    return new Field(name, byDefault, rule, Optional.of(family), product);
  }

  Field input(Product product) {
    return new Field(name, byDefault, rule, family, Optional.of(product));
  }
}
