package dev.temper.infra.recipe;

import dev.temper.activities.Sha256;
import dev.temper.infra.data.DataUnreachableException;
import dev.temper.infra.data.FetchedData;
import dev.temper.recipes.CanonicalJson;
import dev.temper.recipes.DataFiles;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.yaml.YamlWriter;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.FileHash;
import dev.temper.trainers.data.RecipeFolder;
import dev.temper.trainers.data.raw.FolderFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A resolved recipe whose data files have been hashed.
 *
 * @param files where its data files lie
 */
public record PinnedRecipe(Recipe recipe, RecipeFolder files) {

  /** One whose data files lie in a folder. */
  public PinnedRecipe(Recipe recipe, Path folder) {
    this(recipe, new RecipeFolder(folder));
  }

  /**
   * Hashes the data files of a recipe, and fetches those that lie elsewhere.
   *
   * @throws PreflightException naming every file that is missing or empty
   * @throws DataUnreachableException if a server with data does not answer
   */
  public static PinnedRecipe of(Recipe recipe, Path folder, FetchedData fetched)
      throws DataUnreachableException {
    Map<DataFiles.Pin, DataFiles.Pin> pins = new HashMap<>();
    List<String> problems = new ArrayList<>();
    RecipeFolder files = new RecipeFolder(folder, Optional.of(fetched.folder()));
    for (DataFiles.Pin file : DataFiles.of(recipe)) {
      try {
        pins.put(
            file,
            RecipeFolder.isElsewhere(file.file()) ? fetched.fetch(file) : hashed(file, files));
      } catch (StageFailure e) {
        problems.add(e.getMessage());
      } catch (DataUnreachableException e) {
        throw e;
      } catch (IOException e) {
        problems.add("data file '%s' %s".formatted(file.file(), why(e)));
      }
    }
    if (!problems.isEmpty()) {
      throw new PreflightException(problems);
    }
    return new PinnedRecipe(DataFiles.pinned(recipe, pins::get), files);
  }

  private static DataFiles.Pin hashed(DataFiles.Pin file, RecipeFolder files) throws IOException {
    Path path = files.file(new DataSource.File(file.file(), "", 0));
    Optional<String> reason = unusable(path);
    if (reason.isPresent()) {
      throw new Unusable(reason.get());
    }
    // A slash tells those who find it elsewhere by its content that it is a folder.
    boolean slash = Files.isDirectory(path) && !file.file().endsWith("/");
    return new DataFiles.Pin(file.file() + (slash ? "/" : ""), FileHash.sha256(path));
  }

  private static String why(IOException e) {
    return e instanceof Unusable ? e.getMessage() : "cannot be read: " + e.getMessage();
  }

  /** A file that is there in no usable way. */
  private static final class Unusable extends IOException {
    private static final long serialVersionUID = 1;

    Unusable(String message) {
      super(message);
    }
  }

  /** What data files are relative to. */
  public Path folder() {
    return files.path();
  }

  private static Optional<String> unusable(Path path) throws IOException {
    if (!Files.exists(path)) {
      return Optional.of("does not exist (" + path + ")");
    }
    if (Files.isDirectory(path)) {
      return FolderFiles.of(path).isEmpty()
          ? Optional.of("is a folder without a file (" + path + ")")
          : Optional.empty();
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
