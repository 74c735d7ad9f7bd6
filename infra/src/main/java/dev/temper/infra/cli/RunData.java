package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.recipes.DataFiles;
import dev.temper.recipes.DataSource;
import dev.temper.trainers.data.RecipeFolder;
import java.io.IOException;
import java.util.Map;

/** The data files of a recipe, brought to where workers on other machines find them. */
record RunData(ArtifactStore store, PinnedRecipe pinned) {

  /**
   * Puts into the store what is not there, and has it kept for the run.
   *
   * @param keeper what the store calls the run
   */
  void put(String keeper) throws IOException {
    RecipeFolder files = new RecipeFolder(pinned.folder());
    for (Map.Entry<String, String> file : DataFiles.hashes(pinned.recipe()).entrySet()) {
      String sha256 = file.getValue();
      store.keep(keeper, ArtifactStore.dataKey(sha256));
      if (!store.hasData(sha256)) {
        store.putData(sha256, files.file(new DataSource.File(file.getKey(), sha256, 0)));
      }
    }
  }
}
