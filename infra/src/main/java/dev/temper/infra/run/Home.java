package dev.temper.infra.run;

import dev.temper.activities.IdFile;
import dev.temper.activities.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder with all runs and, unless said otherwise, the artifacts. */
public record Home(Path path) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  /** The folder of a run, whether it exists or not. */
  public RunFolder run(String name) {
    requireName("run", name);
    return new RunFolder(path.resolve("runs").resolve(name));
  }

  /**
   * The folder in which a worker keeps what belongs to a stage of a run while it computes it.
   *
   * @param run as a server says, which had it from whoever started the run
   */
  public Path work(String run, String stage) {
    requireName("stage", stage);
    return work(run).resolve("stages").resolve(stage);
  }

  /**
   * The folder in which a worker keeps what belongs to a run.
   *
   * @param run as a server says, which had it from whoever started the run
   */
  public Path work(String run) {
    requireName("run", run);
    return path.resolve("worker").resolve(run);
  }

  private static void requireName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "%s name must be at most 100 letters, digits, dots, dashes and underscores, got '%s'"
              .formatted(what, name));
    }
  }

  /** The folder of a run that has been started. */
  public Optional<RunFolder> started(String name) {
    return NAME.matcher(name).matches()
        ? Optional.of(run(name)).filter(run -> Files.exists(run.path().resolve("run.json")))
        : Optional.empty();
  }

  /** All runs that have been started, by name. */
  public List<RunFolder> runs() throws IOException {
    Path runs = path.resolve("runs");
    if (!Files.isDirectory(runs)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(runs)) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("run.json")))
          .sorted()
          .map(RunFolder::new)
          .toList();
    }
  }

  /**
   * This home, told apart from every other one by a number in its file {@code id}: neither a path
   * nor the name of a machine is different everywhere.
   */
  public Place place() throws IOException {
    return new Place(
        new IdFile(path.resolve("id")).read(), path.toAbsolutePath().normalize().toString());
  }

  /** Where artifacts are unless said otherwise. */
  public Path store() {
    return path.resolve("store");
  }
}
