package dev.temper.infra.recipe;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.Manifest;
import dev.temper.activities.StageIdentities;
import dev.temper.recipes.Input;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.trainers.StageFailure;
import dev.temper.workflows.ResolvedInput;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Which stages of a recipe have their artifact already, as far as their keys can be known. */
public final class CachedStages {

  /**
   * What is known of one stage.
   *
   * @param key known as soon as all inputs are there
   * @param artifact if it is there
   */
  public record State(Optional<String> key, Optional<Manifest> artifact, boolean damaged) {

    public boolean isCached() {
      return artifact.isPresent();
    }

    /** In one word. */
    public String text() {
      if (damaged) {
        return "damaged";
      }
      return isCached() ? "cached" : key.isPresent() ? "to run" : "after inputs";
    }
  }

  private CachedStages() {}

  /** By the name of the stage, in recipe order. */
  public static Map<String, State> of(
      Recipe recipe, StageIdentities identities, ArtifactStore store) throws IOException {
    Map<String, State> states = new LinkedHashMap<>();
    for (Stage stage : recipe.stages()) {
      states.put(stage.name(), of(stage, identities, store, states));
    }
    return states;
  }

  private static State of(
      Stage stage, StageIdentities identities, ArtifactStore store, Map<String, State> earlier)
      throws IOException {
    Map<String, ResolvedInput> inputs = new HashMap<>();
    for (Input input : StageInputs.of(stage.spec())) {
      Optional<Manifest> made = earlier.get(input.stage()).artifact();
      if (made.isEmpty() || !made.get().outputs().containsKey(input.output())) {
        return new State(Optional.empty(), Optional.empty(), false);
      }
      inputs.put(
          input.text(),
          new ResolvedInput(
              input.stage(),
              made.get().key(),
              made.get().content(),
              input.output(),
              made.get().outputs().get(input.output())));
    }
    String key = identities.of(stage.spec(), inputs).key();
    try {
      return new State(Optional.of(key), store.find(key), false);
    } catch (StageFailure corrupt) {
      return new State(Optional.of(key), Optional.empty(), true);
    }
  }
}
