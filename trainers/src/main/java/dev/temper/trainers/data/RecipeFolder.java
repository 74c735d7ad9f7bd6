package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.StageFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The data files of a recipe as they lie beside it or were fetched, before anything ran: what
 * validation, plans and previews read. Nothing is hashed, and there are no outputs of stages yet.
 *
 * @param path folder of the recipe
 * @param fetched where files of other places lie, each under its SHA-256
 */
public record RecipeFolder(Path path, Optional<Path> fetched) implements Inputs {

  private static final String ELSEWHERE = "://";

  /** Without files of other places. */
  public RecipeFolder(Path path) {
    this(path, Optional.empty());
  }

  /** Whether a file's location is no path: {@code s3://bucket/rows.jsonl}. */
  public static boolean isElsewhere(String file) {
    return file.contains(ELSEWHERE);
  }

  @Override
  public Path folder(Input input) {
    throw new StageFailure(
        StageFailure.Type.DATA_CONTRACT,
        "'" + input.text() + "' is made by the run and cannot be read before it");
  }

  /**
   * Where a data file lies.
   *
   * @throws StageFailure DataContract for a path that leads out of the recipe's folder: a recipe
   *     reads what was handed over with it, on any machine, and nothing else
   */
  @Override
  public Path file(DataSource.File file) {
    if (isElsewhere(file.file())) {
      return fetched
          .map(folder -> folder.resolve(file.sha256()))
          .filter(there -> !file.sha256().isEmpty() && Files.exists(there))
          .orElseThrow(
              () ->
                  new StageFailure(
                      StageFailure.Type.DATA_CONTRACT,
                      "data '%s' has not been fetched".formatted(file.file())));
    }
    Path root = path.toAbsolutePath().normalize();
    Path resolved = root.resolve(file.file()).normalize();
    if (Path.of(file.file()).isAbsolute() || !resolved.startsWith(root) || resolved.equals(root)) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "data file '%s' must be a relative path to a file in the recipe's folder or below it"
              .formatted(file.file()));
    }
    return resolved;
  }
}
