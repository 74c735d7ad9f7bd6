package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link ArtifactStore} promises. A store's own test implements the methods that damage
 * it.
 */
public interface ArtifactStoreContract {

  String KEY = "a1b2";

  /** The same store each time, as another process would see it. */
  ArtifactStore reopened();

  /** Changes a byte of a file of the committed artifact. */
  void alterArtifactFile(String path) throws IOException;

  /** Cuts the last byte off a file of the committed artifact. */
  void truncateArtifactFile(String path) throws IOException;

  /** Changes a byte of a file of the committed checkpoint. */
  void alterCheckpointFile(long step, String path) throws IOException;

  /** Cuts the last byte off a file of the committed checkpoint. */
  void truncateCheckpointFile(long step, String path) throws IOException;

  /** Changes a byte of a chunk of the stage. */
  void alterChunk(StoredFile chunk) throws IOException;

  /** Files below checkpoints, staging and artifacts of the key. */
  List<String> files() throws IOException;

  @Test
  default void nothingIsThereBeforeItIsPublished() throws Exception {
    ArtifactStore store = reopened();
    try (StageLease lease = lease(store, "run/stage");
        Staging staging = lease.begin()) {
      staging.file("weights", bytes("abc"));
      assertThat(store.find(KEY)).isEmpty();
      assertThat(reopened().find(KEY)).isEmpty();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  default void aStoreIsToldApartByOneWord() throws Exception {
    assertThat(reopened().id()).isEqualTo(reopened().id()).matches("[0-9a-f-]{36}");
  }

  @Test
  default void aPublishedArtifactIsReadBackWhole() throws Exception {
    Manifest made = publish(reopened(), "abc");
    ArtifactStore store = reopened();
    Manifest found = store.find(KEY).orElseThrow();
    assertThat(found).isEqualTo(made);
    assertThat(store.published(KEY)).isEqualTo(reopened().published(KEY));
    assertThat(store.open(found, Pulse.NONE).resolve("deep/er/weights")).hasContent("abc");
    assertThat(store.openAttachments(found, Pulse.NONE).resolve("samples.jsonl")).hasContent("{}");
  }

  @Test
  default void contentDependsOnContentFilesAlone() throws Exception {
    StoredFile file = new StoredFile("a", 1, "00");
    StoredFile other = new StoredFile("b", 1, "11");
    assertThat(Manifest.content(List.of(file, other)))
        .isEqualTo(Manifest.content(List.of(other, file)))
        .isEqualTo(Sha256.of("a 00\nb 11\n"))
        .isNotEqualTo(Manifest.content(List.of(file)));
  }

  @Test
  default void theSecondPublisherOfAKeyIsToldSo() throws Exception {
    publish(reopened(), "abc");
    ArtifactStore store = reopened();
    try (StageLease lease = lease(store, "run/stage");
        Staging staging = lease.begin()) {
      assertThat(lease.publishArtifact(staging, manifest(staging, "xyz"))).isFalse();
    }
    Manifest found = reopened().find(KEY).orElseThrow();
    assertThat(store.open(found, Pulse.NONE).resolve("deep/er/weights")).hasContent("abc");
  }

  @Test
  default void aTruncatedArtifactIsNamedAtOnce() throws Exception {
    publish(reopened(), "abc");
    truncateArtifactFile("deep/er/weights");
    assertThatThrownBy(() -> reopened().find(KEY))
        .isInstanceOfSatisfying(
            StageFailure.class,
            failure -> assertThat(failure.type()).isEqualTo(StageFailure.Type.ARTIFACT_CORRUPT))
        .hasMessageContaining("weights has 2 of 3 bytes");
  }

  @Test
  default void anAlteredArtifactIsNamedWhenItIsRead() throws Exception {
    publish(reopened(), "abc");
    alterArtifactFile("deep/er/weights");
    ArtifactStore store = reopened();
    Manifest found = store.find(KEY).orElseThrow();
    assertThatThrownBy(() -> store.open(found, Pulse.NONE))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("weights is not what was written");
  }

  @Test
  default void theNewestCheckpointThatIsWholeIsUsedAndTheOthersAreTold() throws Exception {
    ArtifactStore store = reopened();
    try (StageLease lease = lease(store, "run/stage")) {
      for (long step : new long[] {10, 20, 30, 40}) {
        checkpoint(lease, step);
      }
    }
    truncateCheckpointFile(40, "weights");
    alterCheckpointFile(30, "weights");
    List<String> notes = new ArrayList<>();
    try (StageLease lease = lease(reopened(), "run/stage")) {
      SavedCheckpoint saved =
          lease.newestCheckpoint(manifest -> true, Pulse.NONE, notes::add).orElseThrow();
      assertThat(saved.manifest().step()).isEqualTo(20);
      assertThat(text(saved, saved.manifest().files().get(0))).isEqualTo("step 20");
      assertThat(text(saved, saved.manifest().chunks().get(0))).isEqualTo("chunk");
      lease.prune(2);
      assertThat(notes).hasSize(2);
      assertThat(notes.get(0)).contains("step-0000000040").contains("weights has 6 of 7 bytes");
      assertThat(notes.get(1)).contains("step-0000000030").contains("is not what was written");
      assertThat(lease.newestCheckpoint(manifest -> true, Pulse.NONE, notes::add)).isPresent();
      assertThat(notes).hasSize(2);
    }
  }

  @Test
  default void aDamagedChunkMakesItsCheckpointsUseless() throws Exception {
    StoredFile chunk;
    try (StageLease lease = lease(reopened(), "run/stage")) {
      chunk = checkpoint(lease, 10);
    }
    alterChunk(chunk);
    List<String> notes = new ArrayList<>();
    try (StageLease lease = lease(reopened(), "run/stage")) {
      assertThat(lease.newestCheckpoint(manifest -> true, Pulse.NONE, notes::add)).isEmpty();
    }
    assertThat(notes).hasSize(1);
  }

  @Test
  default void aCheckpointOfAnotherSpecOrNumericsIsRefused() throws Exception {
    List<String> notes = new ArrayList<>();
    try (StageLease lease = lease(reopened(), "run/stage")) {
      checkpoint(lease, 10);
      assertThat(
              lease.newestCheckpoint(
                  manifest -> manifest.numericsVersion() == 2, Pulse.NONE, notes::add))
          .isEmpty();
    }
    assertThat(notes).singleElement().asString().contains("another spec or version");
  }

  @Test
  default void pruningKeepsTheNewestAndTheirChunks() throws Exception {
    try (StageLease lease = lease(reopened(), "run/stage")) {
      for (long step : new long[] {10, 20, 30}) {
        checkpoint(lease, step);
      }
      lease.prune(1);
      Optional<SavedCheckpoint> saved =
          lease.newestCheckpoint(manifest -> true, Pulse.NONE, note -> {});
      assertThat(saved.orElseThrow().manifest().step()).isEqualTo(30);
      assertThat(files()).hasSize(3); // manifest, weights, chunk
      lease.prune(0);
      assertThat(files()).isEmpty();
    }
  }

  @Test
  default void sweepingDeletesWhatAKilledWriterLeft() throws Exception {
    ArtifactStore killed = reopened();
    StageLease dead = lease(killed, "run/stage");
    Staging staging = dead.begin();
    staging.file("weights", bytes("half"));
    staging.chunk("samples", bytes("never referred to"));
    StageLease next = lease(killed, "run/stage"); // takes over, as another attempt would
    next.sweep();
    assertThat(files()).isEmpty();
    next.close();
  }

  @Test
  default void whoeverLostItsLeaseCanPublishNothing() throws Exception {
    ArtifactStore store = reopened();
    StageLease zombie = lease(store, "run/stage");
    Staging staging = zombie.begin();
    Manifest manifest = manifest(staging, "abc");
    try (StageLease next = lease(store, "run/stage")) {
      assertThat(next.epoch()).isGreaterThan(zombie.epoch());
      assertThatThrownBy(() -> zombie.publishArtifact(staging, manifest))
          .isInstanceOf(FencedException.class);
      assertThatThrownBy(() -> zombie.publishCheckpoint(staging, manifest(5, List.of(), List.of())))
          .isInstanceOf(FencedException.class);
      assertThatThrownBy(() -> zombie.prune(0)).isInstanceOf(FencedException.class);
      assertThatThrownBy(zombie::begin).isInstanceOf(FencedException.class);
      next.sweep();
      assertThatThrownBy(() -> staging.file("more", bytes("x"))).isInstanceOf(IOException.class);
      assertThat(store.find(KEY)).isEmpty();
      zombie.close();
      next.check();
    }
  }

  @Test
  default void anotherOwnerWaitsUntilTheLeaseIsFree() throws Exception {
    ArtifactStore store = reopened();
    StageLease first = lease(store, "one/stage");
    List<String> waited = new ArrayList<>();
    try (StageLease second =
        store.lease(
            KEY,
            "two/stage",
            holder -> {
              waited.add(holder);
              close(first);
            })) {
      second.check();
      assertThat(second.epoch()).isGreaterThan(first.epoch());
    }
    assertThat(waited.get(0)).isEqualTo("one/stage");
  }

  @Test
  default void waitingCanBeGivenUp() throws Exception {
    ArtifactStore store = reopened();
    try (StageLease first = lease(store, "one/stage")) {
      first.check();
      assertThatThrownBy(
              () ->
                  reopened()
                      .lease(
                          KEY,
                          "two/stage",
                          holder -> {
                            throw new StageStoppedException();
                          }))
          .isInstanceOf(StageStoppedException.class);
    }
  }

  @Test
  default void oneOfManyPublishersWins() throws Exception {
    ArtifactStore store = reopened();
    int writers = 8;
    try (StageLease lease = lease(store, "run/stage")) {
      CyclicBarrier together = new CyclicBarrier(writers);
      ExecutorService pool = Executors.newFixedThreadPool(writers);
      List<Future<Boolean>> wins = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        Callable<Boolean> writer =
            () -> {
              try (Staging staging = lease.begin()) {
                Manifest manifest = manifest(staging, "abc");
                together.await();
                return lease.publishArtifact(staging, manifest);
              }
            };
        wins.add(pool.submit(writer));
      }
      int won = 0;
      for (Future<Boolean> win : wins) {
        won += win.get() ? 1 : 0;
      }
      pool.shutdown();
      assertThat(won).isEqualTo(1);
    }
  }

  @Test
  default void pathsThatLeadElsewhereAreRefused() throws Exception {
    try (StageLease lease = lease(reopened(), "run/stage");
        Staging staging = lease.begin()) {
      for (String path : List.of("../x", "/x", "a/../../x", "a//b", "", ".", "a\\b", "C:x")) {
        assertThatThrownBy(() -> staging.file(path, bytes("x")))
            .as(path)
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThatThrownBy(() -> staging.file("MANIFEST.json", bytes("x")))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  default void rootsAreKeptUntilTheyAreReleased() throws Exception {
    ArtifactStore store = reopened();
    store.keep("run-1", "k1");
    store.keep("run-1", "k2");
    store.keep("run-1", "k2");
    store.keep("pin", "k1");
    assertThat(reopened().roots().get("run-1")).containsExactly("k1", "k2");
    store.release("run-1");
    assertThat(reopened().roots()).containsOnlyKeys("pin");
  }

  @Test
  default void aProbeLeavesNothingBehind() throws Exception {
    reopened().probe();
    assertThat(files()).isEmpty();
  }

  @Test
  default void aDataFileIsReadBackWhole(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.jsonl"), "{}\n{}\n");
    String sha256 = Sha256.of("{}\n{}\n");
    assertThat(reopened().hasData(sha256)).isFalse();
    reopened().putData(sha256, file);
    reopened().putData(sha256, file);
    assertThat(reopened().hasData(sha256)).isTrue();
    assertThat(reopened().data(sha256)).hasContent("{}\n{}\n");
  }

  @Test
  default void aDataFileThatWasChangedIsNotTaken(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("rows.jsonl"), "changed");
    String sha256 = Sha256.of("as it was");
    assertThatThrownBy(() -> reopened().putData(sha256, file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rows.jsonl was changed");
    assertThat(reopened().hasData(sha256)).isFalse();
    assertThatThrownBy(() -> reopened().data(sha256))
        .isInstanceOf(IOException.class) // it may come back
        .hasMessageContaining(sha256 + " is not in the store");
  }

  @Test
  default void whatIsDiscardedLeavesNothing() throws Exception {
    publish(reopened(), "abc");
    ArtifactStore store = reopened();
    Holding holding = only(store.holdings());
    assertThat(holding.kind()).isEqualTo(Holding.Kind.ARTIFACT);
    assertThat(holding.key()).isEqualTo(KEY);
    assertThat(holding.bytes()).isGreaterThan(5);
    assertThat(store.discard(holding, () -> false)).isTrue();
    assertThat(reopened().find(KEY)).isEmpty();
    assertThat(files()).isEmpty();
  }

  @Test
  default void whatIsNeededAtTheLastMomentComesBack() throws Exception {
    Manifest made = publish(reopened(), "abc");
    ArtifactStore store = reopened();
    boolean discarded =
        store.discard(
            only(store.holdings()), neededSince(() -> assertThat(reopened().find(KEY)).isEmpty()));
    assertThat(discarded).isFalse();
    assertThat(reopened().find(KEY)).contains(made);
    assertThat(reopened().open(made, Pulse.NONE).resolve("deep/er/weights")).hasContent("abc");
  }

  /** Not when it is asked for the first time, before anything was touched. */
  private static Holding.Needed neededSince(Callable<?> then) {
    AtomicInteger asked = new AtomicInteger();
    return () -> {
      try {
        if (asked.incrementAndGet() > 1) {
          then.call();
        }
      } catch (Exception e) {
        throw new IOException(e);
      }
      return asked.get() > 1;
    };
  }

  @Test
  default void whatIsNeededIsNotEvenHidden() throws Exception {
    publish(reopened(), "abc");
    ArtifactStore store = reopened();
    Holding.Needed needed =
        () -> {
          assertThat(reopened().find(KEY)).isPresent();
          return true;
        };
    assertThat(store.discard(only(store.holdings()), needed)).isFalse();
  }

  @Test
  default void whatACollectorHidAndWasKilledComesBack() throws Exception {
    Manifest made = publish(reopened(), "abc");
    ArtifactStore store = reopened();
    assertThatThrownBy(
            () ->
                store.discard(
                    only(store.holdings()),
                    neededSince(
                        () -> {
                          throw new IllegalStateException("killed");
                        })))
        .hasStackTraceContaining("killed");
    lease(reopened(), "run/stage").close();
    assertThat(reopened().find(KEY)).contains(made);
    assertThat(reopened().open(made, Pulse.NONE).resolve("deep/er/weights")).hasContent("abc");
  }

  @Test
  default void checkpointsThatAreNeededStay() throws Exception {
    ArtifactStore store = reopened();
    try (StageLease lease = lease(store, "run/stage")) {
      checkpoint(lease, 10);
    }
    Holding holding = only(store.holdings());
    assertThat(store.discard(holding, () -> true)).isFalse();
    assertThat(store.discard(holding, neededSince(() -> true))).isFalse();
    assertThat(store.holdings()).hasSize(1);
  }

  @Test
  default void aDataFileThatIsNeededAtTheLastMomentComesBack(@TempDir Path folder)
      throws Exception {
    ArtifactStore store = reopened();
    String sha256 = Sha256.of("rows");
    store.putData(sha256, Files.writeString(folder.resolve("rows"), "rows"));
    Holding.Needed needed = neededSince(() -> assertThat(reopened().hasData(sha256)).isFalse());
    assertThat(store.discard(only(store.holdings()), needed)).isFalse();
    assertThat(reopened().data(sha256)).hasContent("rows");
  }

  @Test
  default void whatAKilledAttemptLeftBesideItsArtifactIsTidied() throws Exception {
    ArtifactStore store = reopened();
    StageLease killed = lease(store, "run/stage");
    checkpoint(killed, 10);
    Staging staging = killed.begin();
    assertThat(killed.publishArtifact(staging, manifest(staging, "abc"))).isTrue();
    store.tidy(KEY, "other/stage"); // for all it knows somebody is at work
    assertThat(store.holdings()).hasSize(2);
    store.tidy(KEY, "run/stage");
    assertThat(only(store.holdings()).kind()).isEqualTo(Holding.Kind.ARTIFACT);
    assertThat(reopened().find(KEY)).isPresent();
  }

  @Test
  default void anAttemptThatWasReplacedBeforeItAskedTakesNoLease() throws Exception {
    ArtifactStore store = reopened();
    try (StageLease later = lease(store, "run/stage")) {
      LeaseWait replaced =
          new LeaseWait() {
            @Override
            public void waiting(String holder) {}

            @Override
            public void asking() {
              throw new StageStoppedException();
            }
          };
      assertThatThrownBy(() -> store.lease(KEY, "run/stage", replaced))
          .isInstanceOf(StageStoppedException.class);
      assertThat(later.whileHeld(() -> true)).isTrue();
    }
  }

  @Test
  default void checkpointsAndLeftoversAreDiscarded() throws Exception {
    ArtifactStore store = reopened();
    try (StageLease lease = lease(store, "run/stage")) {
      checkpoint(lease, 10);
      lease.begin().file("weights", bytes("never published"));
    }
    List<Holding> holdings = store.holdings();
    assertThat(holdings)
        .extracting(Holding::kind)
        .containsExactlyInAnyOrder(Holding.Kind.CHECKPOINTS, Holding.Kind.LEFTOVERS);
    for (Holding holding : holdings) {
      assertThat(store.discard(holding, () -> false)).isTrue();
    }
    assertThat(files()).isEmpty();
  }

  @Test
  default void aDataFileThatIsNeededStays(@TempDir Path folder) throws Exception {
    ArtifactStore store = reopened();
    store.putData(Sha256.of("x"), Files.writeString(folder.resolve("rows"), "x"));
    Holding holding = only(store.holdings());
    assertThat(store.discard(holding, () -> true)).isFalse();
    assertThat(store.hasData(Sha256.of("x"))).isTrue();
    assertThat(store.discard(holding, () -> false)).isTrue();
    assertThat(store.hasData(Sha256.of("x"))).isFalse();
  }

  private static Holding only(List<Holding> holdings) {
    assertThat(holdings).hasSize(1);
    return holdings.get(0);
  }

  static StageLease lease(ArtifactStore store, String owner) throws Exception {
    return store.lease(
        KEY,
        owner,
        holder -> {
          throw new AssertionError("held by " + holder);
        });
  }

  private static void close(StageLease lease) {
    try {
      lease.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Publishes a checkpoint of one file and one chunk. */
  static StoredFile checkpoint(StageLease lease, long step) throws Exception {
    try (Staging staging = lease.begin()) {
      StoredFile weights = staging.file("weights", bytes("step " + step));
      StoredFile chunk = staging.chunk("samples/1", bytes("chunk"));
      lease.publishCheckpoint(staging, manifest(step, List.of(weights), List.of(chunk)));
      return chunk;
    }
  }

  private static CheckpointManifest manifest(
      long step, List<StoredFile> files, List<StoredFile> chunks) {
    return new CheckpointManifest(KEY, step, 1, "spec", 1, files, chunks);
  }

  private static Manifest publish(ArtifactStore store, String weights) throws Exception {
    try (StageLease lease = lease(store, "run/stage");
        Staging staging = lease.begin()) {
      Manifest manifest = manifest(staging, weights);
      assertThat(lease.publishArtifact(staging, manifest)).isTrue();
      return manifest;
    }
  }

  private static Manifest manifest(Staging staging, String weights) throws IOException {
    List<StoredFile> files = List.of(staging.file("deep/er/weights", bytes(weights)));
    List<StoredFile> attachments = List.of(staging.attachment("samples.jsonl", bytes("{}")));
    return new Manifest(
        KEY,
        "sft",
        FakeStages.JSON.createObjectNode().put("seed", 7),
        Map.of("base", new Manifest.Source("base", "k", "c")),
        "test",
        1,
        7,
        20,
        files,
        attachments,
        Map.of("", ""),
        Map.of("eval/loss", 1.5),
        Manifest.content(files));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static String text(SavedCheckpoint saved, StoredFile file) throws IOException {
    return StandardCharsets.UTF_8.decode(saved.read(file)).toString();
  }
}
