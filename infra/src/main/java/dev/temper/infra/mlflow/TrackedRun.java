package dev.temper.infra.mlflow;

import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is sent of a run but for how far it is.
 *
 * @param hash of the recipe
 * @param startedAt first start, ISO 8601: tells runs of one name in several homes apart; empty for
 *     a run on a Temporal server, where the name alone is unique
 * @param folder with the folders of its stages
 */
record TrackedRun(
    String name, Recipe recipe, String hash, Optional<String> startedAt, Path folder) {

  Optional<Stage> stage(String stage) {
    return recipe.stages().stream().filter(known -> known.name().equals(stage)).findFirst();
  }

  Path folder(String stage) {
    return folder.resolve("stages").resolve(stage);
  }
}
