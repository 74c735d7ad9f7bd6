package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderArtifactStoreTest implements ArtifactStoreContract {

  @TempDir Path folder;

  @Override
  public ArtifactStore reopened() {
    return new FolderArtifactStore(folder);
  }

  @Override
  public void alterArtifactFile(String path) throws IOException {
    alter(artifact().resolve(path));
  }

  @Override
  public void truncateArtifactFile(String path) throws IOException {
    truncate(artifact().resolve(path));
  }

  @Override
  public void alterCheckpointFile(long step, String path) throws IOException {
    alter(checkpoint(step).resolve(path));
  }

  @Override
  public void truncateCheckpointFile(long step, String path) throws IOException {
    truncate(checkpoint(step).resolve(path));
  }

  @Override
  public void alterChunk(StoredFile chunk) throws IOException {
    alter(folder.resolve("checkpoints").resolve(KEY).resolve("chunks").resolve(chunk.sha256()));
  }

  @Override
  public List<String> files() throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .filter(file -> !file.startsWith("locks") && !file.startsWith("epochs"))
          .toList();
    }
  }

  @Test
  void aManifestThatNamesAFileElsewhereIsRefused() throws Exception {
    aPublishedArtifactIsReadBackWhole();
    Path manifest = artifact().resolve("MANIFEST.json");
    String text = Files.readString(manifest);
    Files.writeString(manifest, text.replace("samples.jsonl", "../../../samples.jsonl"));
    assertThatThrownBy(() -> reopened().find(KEY))
        .hasMessageContaining("damaged")
        .hasMessageContaining("../../../samples.jsonl");
  }

  @Test
  void aSecondCollectorDoesNotTakeTheLeaseOfTheFirst() throws Exception {
    ArtifactStore store = reopened();
    try (StageLease lease = ArtifactStoreContract.lease(store, "run/stage")) {
      ArtifactStoreContract.checkpoint(lease, 10);
    }
    Holding holding = store.holdings().get(0);
    AtomicInteger asked = new AtomicInteger();
    Holding.Needed meanwhile =
        () -> {
          if (asked.incrementAndGet() == 2) { // the first has the lease by now
            assertThat(discard(store, holding)).isFalse();
          }
          return false;
        };
    assertThat(store.discard(holding, meanwhile)).isTrue();
    assertThat(asked).hasValue(2);
  }

  private static boolean discard(ArtifactStore store, Holding holding) throws IOException {
    try {
      return store.discard(holding, () -> false);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  /** Closing a file frees the process's locks on it, whoever of the process holds them. */
  @Test
  void aStoreThatFindsAKeyHeldBesideItLeavesTheLockAlone() throws Exception {
    try (StageLease held = ArtifactStoreContract.lease(reopened(), "one/stage")) {
      assertThatThrownBy(() -> ArtifactStoreContract.lease(reopened(), "two/stage"))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("held by one/stage");
      Path program = folder.resolve("Lock.java");
      Files.writeString(
          program,
          """
          import java.nio.channels.FileChannel;
          import java.nio.file.*;
          class Lock {
            public static void main(String[] files) throws Exception {
              try (FileChannel file = FileChannel.open(Path.of(files[0]), StandardOpenOption.WRITE)) {
                System.exit(file.tryLock() == null ? 7 : 8);
              }
            }
          }
          """);
      Process other =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  program.toString(),
                  folder.resolve("locks").resolve(KEY).toString())
              .inheritIO()
              .start();
      assertThat(other.waitFor()).isEqualTo(7);
      held.check();
    }
  }

  @Test
  void anArtifactWithoutItsManifestIsNamed() throws Exception {
    aPublishedArtifactIsReadBackWhole();
    Files.delete(artifact().resolve("MANIFEST.json"));
    assertThatThrownBy(() -> reopened().find(KEY))
        .hasMessageContaining("MANIFEST.json is missing")
        .hasMessageContaining("delete " + artifact());
  }

  @Test
  void aManifestThatIsNoJsonIsNamed() throws Exception {
    aPublishedArtifactIsReadBackWhole();
    truncate(artifact().resolve("MANIFEST.json"));
    Files.writeString(artifact().resolve("MANIFEST.json"), "{\"key\":");
    assertThatThrownBy(() -> reopened().find(KEY)).hasMessageContaining("is not a manifest");
  }

  /** A kill inside the deletion of a checkpoint: its manifest goes first, its files stay. */
  @Test
  void aCheckpointWhoseDeletionWasCutOffDoesNotStandInTheWay() throws Exception {
    try (StageLease lease = ArtifactStoreContract.lease(reopened(), "run/stage")) {
      for (long step : new long[] {10, 20, 30}) {
        ArtifactStoreContract.checkpoint(lease, step);
      }
    }
    Path cutOff = checkpoint(10);
    Files.delete(cutOff.resolve("MANIFEST.json"));
    Files.delete(checkpoint(30).resolve("MANIFEST.json"));
    List<String> notes = new ArrayList<>();
    try (StageLease lease = ArtifactStoreContract.lease(reopened(), "run/stage")) {
      lease.sweep();
      SavedCheckpoint saved =
          lease.newestCheckpoint(manifest -> true, Pulse.NONE, notes::add).orElseThrow();
      assertThat(saved.manifest().step()).isEqualTo(20);
      assertThat(ArtifactStoreContract.text(saved, saved.manifest().chunks().get(0)))
          .isEqualTo("chunk");
    }
    assertThat(notes).isEmpty();
    assertThat(cutOff.getParent()).doesNotExist();
  }

  @Test
  void aFolderThatCannotHoldAStoreIsFoundOutAtStart() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "x");
    ArtifactStore store = new FolderArtifactStore(file.resolve("store"));
    assertThatThrownBy(store::probe)
        .isInstanceOf(StoreUnusableException.class)
        .hasMessageContaining(file.resolve("store") + " cannot be used");
  }

  @Test
  void whatSomebodyWritesIsNotDiscarded() throws Exception {
    ArtifactStore store = reopened();
    aPublishedArtifactIsReadBackWhole();
    try (StageLease writer = store.lease(KEY, "run/stage", holder -> {})) {
      for (ArtifactStore other : List.of(store, reopened())) {
        assertThat(other.discard(other.holdings().get(0), () -> false)).isFalse();
      }
      writer.check();
    }
    assertThat(reopened().find(KEY)).isPresent();
  }

  /** Why a manifest must not be put in place by moving a file. */
  @Test
  void anAtomicMoveOfAFileOverwrites() throws Exception {
    Path first = Files.writeString(folder.resolve("first"), "1");
    Path second = Files.writeString(folder.resolve("second"), "2");
    Files.move(second, first, StandardCopyOption.ATOMIC_MOVE);
    assertThat(first).hasContent("2");
  }

  /** Why nothing may create the folder of an artifact in advance. */
  @Test
  void anAtomicMoveOfAFolderReplacesAnEmptyOneOnly() throws Exception {
    Path filled = Files.createDirectory(folder.resolve("filled"));
    Files.writeString(filled.resolve("f"), "1");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    Files.move(filled, empty, StandardCopyOption.ATOMIC_MOVE);
    Path another = Files.createDirectory(folder.resolve("another"));
    assertThatThrownBy(() -> Files.move(another, empty, StandardCopyOption.ATOMIC_MOVE))
        .isInstanceOf(FileSystemException.class)
        .isNotInstanceOf(FileAlreadyExistsException.class);
  }

  private Path artifact() {
    return folder.resolve("artifacts").resolve(KEY);
  }

  private Path checkpoint(long step) throws IOException {
    Path parent = folder.resolve("checkpoints").resolve(KEY).resolve("step-%010d".formatted(step));
    try (Stream<Path> commits = Files.list(parent)) {
      return commits.findFirst().orElseThrow();
    }
  }

  static void alter(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
  }

  static void truncate(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(channel.size() - 1);
    }
  }
}
