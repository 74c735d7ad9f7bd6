package dev.temper.recipes.yaml;

import dev.temper.recipes.Input;
import dev.temper.recipes.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The value of an absent key.
 *
 * @param yaml the value, where it is always the same
 * @param value of this key here; empty where it is required after all
 */
record Default(Optional<String> yaml, Function<Place, Optional<YamlNode>> value) {

  /** Where a key is absent: the recipe, the stage, and the map that lacks it. */
  record Place(Scope scope, YamlNode.Mapping map, Location location) {}

  static Default yaml(String text) {
    return new Default(Optional.of(text), place -> Optional.of(read(text, place.location())));
  }

  /** The value of another key of the same map. */
  static Default sameAs(String key) {
    return new Default(Optional.empty(), place -> place.map().get(key));
  }

  /** The value of another key of the same map, or its default. */
  static Default sameAs(String key, String otherwise) {
    return new Default(
        Optional.empty(),
        place -> place.map().get(key).or(() -> Optional.of(read(otherwise, place.location()))));
  }

  static Default recipeSeed() {
    return new Default(
        Optional.empty(), place -> scalar(place.scope().recipeSeed(), place.location()));
  }

  /** Derived from the recipe's seed and the stage's name. */
  static Default stageSeed() {
    return new Default(
        Optional.empty(),
        place ->
            scalar(
                Seeds.derive(place.scope().recipeSeed(), place.scope().stage()), place.location()));
  }

  /** {@code numerics} of the recipe. */
  static Default recipeNumerics() {
    return new Default(
        Optional.empty(),
        place ->
            place
                .scope()
                .root()
                .get("numerics")
                .or(() -> Optional.of(YamlNode.Mapping.empty(place.location()))));
  }

  /** What the rl stage that {@code key} names measures KL to. */
  static Default referenceOf(String key) {
    return new Default(
        Optional.empty(),
        place ->
            place
                .map()
                .text(key)
                .flatMap(name -> place.scope().stage(Input.parse(name).stage()))
                .flatMap(stage -> stage.get("reference").or(() -> stage.get("init")))
                .or(() -> place.map().get(key)));
  }

  /** k1 in the reward; k3 in the loss, where the gradient of k1 is 0 in expectation. */
  static Default estimator() {
    return new Default(
        Optional.empty(),
        place ->
            Optional.of(
                new YamlNode.Scalar(
                    place.map().text("in").equals(Optional.of("loss")) ? "k3" : "k1",
                    false,
                    place.location())));
  }

  private static Optional<YamlNode> scalar(long value, Location location) {
    return Optional.of(new YamlNode.Scalar(Long.toString(value), false, location));
  }

  private static YamlNode read(String text, Location location) {
    List<Problem> problems = new ArrayList<>();
    return YamlTree.read(text, location, problems)
        .orElseThrow(() -> new IllegalStateException("default '%s': %s".formatted(text, problems)));
  }
}
