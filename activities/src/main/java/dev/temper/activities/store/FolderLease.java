package dev.temper.activities.store;

import dev.temper.activities.CheckpointManifest;
import dev.temper.activities.Manifest;
import dev.temper.activities.SavedCheckpoint;
import dev.temper.activities.StageLease;
import dev.temper.activities.Staging;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What the holder of a key's lease may do in a store folder. */
final class FolderLease implements StageLease {

  private final StoreLayout layout;
  private final StoreJson json;
  private final String key;
  private final KeyLeases.Grant grant;
  private final Set<Path> passedOver = new HashSet<>();

  FolderLease(StoreLayout layout, StoreJson json, String key, KeyLeases.Grant grant) {
    this.layout = layout;
    this.json = json;
    this.key = key;
    this.grant = grant;
  }

  @Override
  public long epoch() {
    return grant.epoch();
  }

  @Override
  public void check() {
    grant.check();
  }

  @Override
  public <T> T whileHeld(Action<T> action) throws IOException {
    return grant.whileHeld(action);
  }

  @Override
  public void sweep() throws IOException {
    whileHeld(
        () -> {
          DurableFiles.delete(layout.staging(key));
          finishDeletions();
          deleteUnusedChunks();
          return null;
        });
  }

  /** A manifest is the last thing to appear and the first to go: without one, a kill cut in. */
  private void finishDeletions() throws IOException {
    for (Path folder : allCheckpointFolders()) {
      if (!isWhole(folder)) {
        deleteCheckpoint(folder);
      }
    }
  }

  private static boolean isWhole(Path folder) {
    return Files.exists(folder.resolve(DurableFiles.MANIFEST));
  }

  @Override
  public Optional<SavedCheckpoint> newestCheckpoint(
      Predicate<CheckpointManifest> acceptable, Pulse pulse, Consumer<String> note)
      throws IOException {
    for (Path folder : checkpointFolders()) {
      try {
        CheckpointManifest manifest =
            json.read(folder.resolve(DurableFiles.MANIFEST), CheckpointManifest.class);
        if (!manifest.key().equals(key) || !acceptable.test(manifest)) {
          throw new IOException("it was made for another spec or version of the numerics");
        }
        SavedFolder saved = new SavedFolder(folder, layout.chunks(key), manifest);
        saved.verify(pulse);
        return Optional.of(saved);
      } catch (IOException | IllegalArgumentException e) {
        passedOver.add(folder);
        note.accept(
            "checkpoint %s was passed over: %s"
                .formatted(folder.getParent().getFileName(), e.getMessage()));
      }
    }
    return Optional.empty();
  }

  @Override
  public Staging begin() throws IOException {
    return whileHeld(() -> new FolderStaging(layout, key));
  }

  @Override
  public void publishCheckpoint(Staging staging, CheckpointManifest manifest) throws IOException {
    FolderStaging folder = (FolderStaging) staging;
    Path target = layout.step(key, manifest.step()).resolve(folder.commit());
    whileHeld(() -> folder.publish(json.write(manifest), target));
  }

  @Override
  public boolean publishArtifact(Staging staging, Manifest manifest) throws IOException {
    FolderStaging folder = (FolderStaging) staging;
    return whileHeld(() -> folder.publish(json.write(manifest), layout.artifact(key)));
  }

  @Override
  public void prune(int keep) throws IOException {
    whileHeld(
        () -> {
          // Damaged ones must not take the place of good ones.
          List<Path> good =
              checkpointFolders().stream().filter(folder -> !passedOver.contains(folder)).toList();
          for (Path folder : good.subList(Math.min(keep, good.size()), good.size())) {
            deleteCheckpoint(folder);
          }
          for (Path folder : passedOver) {
            deleteCheckpoint(folder);
          }
          if (keep == 0) {
            DurableFiles.delete(layout.checkpoints(key));
            deleteIfEmpty(layout.staging(key));
          }
          return null;
        });
  }

  private static void deleteCheckpoint(Path folder) throws IOException {
    DurableFiles.delete(folder);
    deleteIfEmpty(folder.getParent());
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      // another attempt is at work in it
    }
  }

  private void deleteUnusedChunks() throws IOException {
    if (!Files.isDirectory(layout.chunks(key))) {
      return;
    }
    Set<String> used = new HashSet<>();
    for (Path folder : checkpointFolders()) {
      try {
        json.read(folder.resolve(DurableFiles.MANIFEST), CheckpointManifest.class).chunks().stream()
            .map(StoredFile::sha256)
            .forEach(used::add);
      } catch (DamagedFileException e) {
        return; // nobody knows what it refers to
      }
    }
    try (Stream<Path> chunks = Files.list(layout.chunks(key))) {
      for (Path chunk : chunks.toList()) {
        if (!used.contains(chunk.getFileName().toString())) {
          Files.deleteIfExists(chunk);
        }
      }
    }
  }

  /** Those with a manifest, newest first. */
  private List<Path> checkpointFolders() throws IOException {
    return allCheckpointFolders().stream().filter(FolderLease::isWhole).toList();
  }

  private List<Path> allCheckpointFolders() throws IOException {
    Path root = layout.checkpoints(key);
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> found = Files.walk(root, 2)) {
      return found
          .filter(path -> path.getParent().getFileName().toString().startsWith("step-"))
          .filter(Files::isDirectory)
          .sorted(Comparator.reverseOrder())
          .toList();
    }
  }

  @Override
  public void close() throws IOException {
    grant.close();
  }
}
