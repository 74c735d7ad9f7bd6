package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.recipes.DataFiles;
import dev.temper.recipes.DataSource;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.data.FileHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The data files of a recipe, brought to where workers on other machines find them. */
record RunData(ArtifactStore store, PinnedRecipe pinned) {

  /**
   * Puts into the store what is not there, and has it kept for the run.
   *
   * @param keeper what the store calls the run
   */
  void put(String keeper) throws IOException {
    for (Map.Entry<String, String> file : DataFiles.hashes(pinned.recipe()).entrySet()) {
      String sha256 = file.getValue();
      Path path = pinned.files().file(new DataSource.File(file.getKey(), sha256, 0));
      if (Files.isDirectory(path)) {
        putFolder(keeper, path);
      } else {
        put(keeper, sha256, path);
      }
    }
  }

  private void put(String keeper, String sha256, Path path) throws IOException {
    store.keep(keeper, ArtifactStore.dataKey(sha256));
    if (!store.hasData(sha256)) {
      store.putData(sha256, path);
    }
  }

  private void putFolder(String keeper, Path folder) throws IOException {
    Path listing = Files.createTempFile("temper-listing", ".txt");
    try {
      Files.writeString(listing, FileHash.listing(folder, Pulse.NONE));
      List<String> lines = Files.readAllLines(listing);
      for (String line : lines) {
        int gap = line.indexOf("  ");
        put(keeper, line.substring(0, gap), folder.resolve(line.substring(gap + 2)));
      }
      // Last: whoever finds the listing finds the files.
      put(keeper, FileHash.sha256(listing), listing);
    } finally {
      Files.delete(listing);
    }
  }
}
