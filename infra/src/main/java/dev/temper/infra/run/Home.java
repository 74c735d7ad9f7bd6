package dev.temper.infra.run;

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
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "run name must be at most 100 letters, digits, dots, dashes and underscores, got '"
              + name
              + "'");
    }
    return new RunFolder(path.resolve("runs").resolve(name));
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

  /** Where artifacts are unless said otherwise. */
  public Path store() {
    return path.resolve("store");
  }
}
