package dev.temper.infra.run;

import dev.temper.activities.Place;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The folder with all runs and, unless said otherwise, the artifacts. */
public record Home(Path path) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9-]{8,64}");

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
    return new Place(id(), path.toAbsolutePath().normalize().toString());
  }

  private String id() throws IOException {
    Path file = Files.createDirectories(path).resolve("id");
    if (!Files.exists(file)) {
      Path mine = Files.createTempFile(path, "id", ".new");
      try {
        Files.writeString(mine, UUID.randomUUID() + "\n");
        // Of two processes that do this at once one wins, and the file is never there in part.
        Files.createLink(file, mine);
      } catch (FileSystemException | UnsupportedOperationException e) {
        // Made by another process meanwhile; or there are no links here.
        if (!Files.exists(file)) {
          Files.move(mine, file);
        }
      } finally {
        Files.deleteIfExists(mine);
      }
    }
    String id = Files.readString(file).strip();
    if (!ID.matcher(id).matches()) {
      throw new IOException(
          "%s must hold one word of letters, digits and dashes, got '%s'; it tells this home apart in stores: put it back, or delete it for a new one"
              .formatted(file, id));
    }
    return id;
  }

  /** Where artifacts are unless said otherwise. */
  public Path store() {
    return path.resolve("store");
  }
}
