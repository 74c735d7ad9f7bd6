package dev.temper.infra.data;

import dev.temper.activities.ContentPaths;
import dev.temper.activities.Sha256;
import dev.temper.recipes.DataFiles;
import dev.temper.recipes.NearestName;
import dev.temper.trainers.data.FileHash;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Data that was fetched, each under its SHA-256. What is here under the SHA-256 that a recipe says
 * is never asked for again.
 *
 * @param folder where it lies
 * @param places by scheme; a place is made when it is needed
 */
public record FetchedData(Path folder, Map<String, Supplier<DataPlace>> places) {

  /**
   * Brings what a location stands for.
   *
   * @return its SHA-256, and the location that will always have it, if there is one
   * @throws IOException saying why it cannot be had
   */
  public DataFiles.Pin fetch(DataFiles.Pin asked) throws IOException {
    if (!asked.sha256().isEmpty() && Files.exists(folder.resolve(asked.sha256()))) {
      return asked;
    }
    DataPlace.Found found = place(asked.file()).find(asked.file());
    Optional<String> known = known(found);
    String sha256 = known.isPresent() ? known.get() : bring(found);
    if (!asked.sha256().isEmpty() && !asked.sha256().equals(sha256)) {
      throw new IOException(
          "%s is not what the recipe says: its SHA-256 is %s, and must be %s"
              .formatted(asked.file(), sha256, asked.sha256()));
    }
    return new DataFiles.Pin(found.pinned(), sha256);
  }

  private DataPlace place(String location) throws IOException {
    String scheme = location.substring(0, location.indexOf("://"));
    Supplier<DataPlace> place = places.get(scheme);
    if (place == null) {
      throw new IOException(
          "'%s' must be a path or start with one of %s%s"
              .formatted(
                  location,
                  new TreeSet<>(places.keySet()).stream().map(known -> known + "://").toList(),
                  NearestName.hint(scheme, places.keySet())));
    }
    return place.get();
  }

  private Path note(DataPlace.Found found) {
    String versions =
        found.files().stream()
            .map(file -> file.path() + " " + file.version())
            .collect(Collectors.joining("\n", found.pinned() + "\n", ""));
    return folder.resolve("versions").resolve(Sha256.of(versions));
  }

  private Optional<String> known(DataPlace.Found found) throws IOException {
    Path note = note(found);
    return Files.exists(note)
        ? Optional.of(Files.readString(note).strip())
            .filter(sha256 -> sha256.matches("[0-9a-f]{64}"))
            .filter(sha256 -> Files.exists(folder.resolve(sha256)))
        : Optional.empty();
  }

  private String bring(DataPlace.Found found) throws IOException {
    Path fresh = folder.resolve("." + UUID.randomUUID() + ".part");
    try {
      for (DataPlace.RemoteFile file : found.files()) {
        Path target =
            found.folder() ? fresh.resolve(ContentPaths.requireFolder(file.path())) : fresh;
        Files.createDirectories(target.getParent());
        file.fetch().to(target);
      }
      String sha256 = FileHash.sha256(fresh);
      keep(fresh, folder.resolve(sha256));
      Path note = note(found);
      Files.createDirectories(note.getParent());
      Files.writeString(note, sha256 + "\n");
      return sha256;
    } finally {
      delete(fresh);
    }
  }

  /** Whoever was first has put the same bytes there. */
  private static void keep(Path fresh, Path target) throws IOException {
    try {
      Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
      return;
    } catch (java.nio.file.FileSystemException e) {
      if (!Files.exists(target)) {
        throw e;
      }
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      for (Path one : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(one);
      }
    }
  }
}
