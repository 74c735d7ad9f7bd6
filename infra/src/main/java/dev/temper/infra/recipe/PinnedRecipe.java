package dev.temper.infra.recipe;

import dev.temper.activities.Sha256;
import dev.temper.recipes.CanonicalJson;
import dev.temper.recipes.DataFiles;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.yaml.YamlWriter;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.FileHash;
import dev.temper.trainers.data.RecipeFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A resolved recipe whose data files have been hashed.
 *
 * @param folder what data files are relative to
 */
public record PinnedRecipe(Recipe recipe, Path folder) {

  /**
   * Hashes the data files of a recipe.
   *
   * @throws PreflightException naming every file that is missing or empty
   */
  public static PinnedRecipe of(Recipe recipe, Path folder) {
    Map<String, String> hashes = new TreeMap<>();
    List<String> problems = new ArrayList<>();
    RecipeFolder files = new RecipeFolder(folder);
    for (String file : DataFiles.of(recipe)) {
      try {
        Path path = files.file(new DataSource.File(file, "", 0));
        unusable(path)
            .ifPresent(reason -> problems.add("data file '%s' %s".formatted(file, reason)));
        if (problems.isEmpty()) {
          hashes.put(file, FileHash.sha256(path));
        }
      } catch (StageFailure e) {
        problems.add(e.getMessage());
      } catch (IOException e) {
        problems.add("data file '%s' cannot be read: %s".formatted(file, e.getMessage()));
      }
    }
    if (!problems.isEmpty()) {
      throw new PreflightException(problems);
    }
    return new PinnedRecipe(DataFiles.pinned(recipe, hashes::get), folder);
  }

  private static Optional<String> unusable(Path path) throws IOException {
    if (!Files.exists(path)) {
      return Optional.of("does not exist (" + path + ")");
    }
    if (!Files.isRegularFile(path)) {
      return Optional.of("is no file (" + path + ")");
    }
    return Files.size(path) == 0 ? Optional.of("is empty (" + path + ")") : Optional.empty();
  }

  /** SHA-256 of all that the recipe asks for. */
  public String hash() {
    return Sha256.of(CanonicalJson.text(RecipeJson.mapper().valueToTree(recipe)));
  }

  /** As YAML, with every default in it. */
  public String yaml() {
    return YamlWriter.write(recipe);
  }
}
