package dev.temper.recipes.yaml;

import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.Seeds;
import dev.temper.recipes.StageKinds;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The short form of rejection sampling: a stage that says how to sample, instead of naming {@code
 * rollouts}, gets a stage {@code <name>-rollouts} in front of it.
 *
 * <p>Its seed comes from the word "rollouts", not from the name: two selections from equal rollouts
 * share one artifact.
 */
final class InlineRollouts {

  static final String KIND = StageKinds.of(RejectionSamplingSpec.class);

  /** Keys that only rollouts have. */
  static final List<String> KEYS =
      SpecFields.of(RolloutsSpec.class).stream()
          .map(Field::name)
          .filter(
              name ->
                  SpecFields.of(RejectionSamplingSpec.class).stream()
                      .noneMatch(field -> field.name().equals(name)))
          .toList();

  private static final List<String> SHARED_KEYS = List.of("numerics", "queue", "resources");

  private InlineRollouts() {}

  /**
   * @param rollouts the stage in front
   * @param selection the stage itself, naming it
   */
  record Split(String name, YamlNode.Mapping rollouts, YamlNode.Mapping selection) {}

  /** The two stages, where the short form is used. */
  static Optional<Split> of(String name, YamlNode.Mapping stage, Scope scope) {
    boolean inline = stage.keys().stream().anyMatch(KEYS::contains);
    if (!stage.text("kind").equals(Optional.of(KIND))
        || !inline
        || stage.get("rollouts").isPresent()) {
      return Optional.empty();
    }
    Location place = stage.location();
    YamlNode.Mapping rollouts =
        YamlNode.Mapping.empty(place)
            .with("kind", entry(StageKinds.of(RolloutsSpec.class), place))
            .with(
                "seed", entry(Long.toString(Seeds.derive(scope.recipeSeed(), "rollouts")), place));
    YamlNode.Mapping selection = stage;
    for (Map.Entry<String, YamlNode.Entry> entry : stage.entries().entrySet()) {
      String key = entry.getKey();
      if (KEYS.contains(key)) {
        selection = selection.without(key);
      }
      if (KEYS.contains(key) || SHARED_KEYS.contains(key)) {
        rollouts = rollouts.with(key, entry.getValue());
      }
    }
    String rolloutsName = name + "-rollouts";
    return Optional.of(
        new Split(rolloutsName, rollouts, selection.with("rollouts", entry(rolloutsName, place))));
  }

  private static YamlNode.Entry entry(String text, Location place) {
    return new YamlNode.Entry(place, new YamlNode.Scalar(text, false, place));
  }
}
