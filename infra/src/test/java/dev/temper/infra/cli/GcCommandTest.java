package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.CheckpointManifest;
import dev.temper.activities.Holding;
import dev.temper.activities.Sha256;
import dev.temper.activities.StageLease;
import dev.temper.activities.Staging;
import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.gc.GarbageCollection;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcCommandTest {

  private static final String RECIPE =
      """
      name: small
      seed: 7
      stages:
        base:
          kind: pretrain
          data: {synthetic: kind-notes/pretraining, rows: 8}
          model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
          steps: 1
          learningRate: 1.0e-3
        sft:
          kind: sft
          init: base
          data: {synthetic: kind-notes/demonstrations, rows: 8}
          steps: 1
          learningRate: 1.0e-3
      """;

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeEach
  void runOnce() throws IOException {
    temper = new CommandLineFixture(directory);
    temper.write("small.yaml", RECIPE);
    assertThat(temper.run("run", "small.yaml").code()).isZero();
  }

  /** A run said after the list was made that it needs the key, and is between two attempts. */
  @Test
  void checkpointsThatARunHasComeUponStay(@TempDir Path folder) throws Exception {
    ArtifactStore store = new FolderArtifactStore(folder);
    try (StageLease lease = store.lease("k1", "killed/stage", holder -> {});
        Staging staging = lease.begin()) {
      lease.publishCheckpoint(
          staging, new CheckpointManifest("k1", 5, 1, "spec", 1, List.of(), List.of()));
    }
    GarbageCollection collection =
        new GarbageCollection(store, Instant.now(), Duration.ZERO, Set.of());
    Holding garbage = collection.garbage().get(0);
    store.keep("late", "k1");
    assertThat(collection.delete(garbage)).isFalse();
    store.release("late");
    assertThat(collection.delete(garbage)).isTrue();
  }

  @Test
  void whatARunNeedsStays() throws IOException {
    Outcome outcome = temper.run("gc", "--older-than", "0s");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).contains("deleted 0 of 0");
    assertThat(artifacts()).hasSize(2);
  }

  @Test
  void aForgottenRunIsListedFirstAndDeletedWhenAsked() throws IOException {
    Outcome dry = temper.run("gc", "--dry-run", "--older-than", "0s", "--forget", "small");
    assertThat(dry.lines()).filteredOn(line -> line.startsWith("garbage")).hasSize(2);
    assertThat(dry.out()).contains("artifact").contains("would delete 2 of 2");
    assertThat(artifacts()).hasSize(2);

    Outcome outcome = temper.run("gc", "--older-than", "0s", "--forget", "small");
    assertThat(outcome.out()).contains("deleted 2 of 2");
    assertThat(artifacts()).isEmpty();
  }

  @Test
  void whatALiveRunNeedsCannotBeForgotten() throws IOException {
    RunFolder folder = new Home(temper.home()).run("small");
    try (RunLock lock = folder.lock()) {
      Outcome outcome = temper.run("gc", "--older-than", "0s", "--forget", "small");

      assertThat(outcome.code()).isEqualTo(2);
      assertThat(outcome.err()).contains("run small is running; cancel it");
    }
    assertThat(artifacts()).hasSize(2);
  }

  @Test
  void aRunOfAServerThatIsAwayIsNeitherForgottenNorMadeAnew() throws IOException {
    RunFolder folder = new Home(temper.home()).run("small");
    folder.write(folder.record().orElseThrow().on("127.0.0.1:1/default"));
    byte[] before = Files.readAllBytes(folder.path().resolve("run.json"));

    Outcome forget = temper.run("gc", "--older-than", "0s", "--forget", "small");
    Outcome run = temper.run("run", "small.yaml");
    Outcome embedded = temper.run("run", "small.yaml", "--embedded");

    assertThat(forget.code()).isEqualTo(6);
    assertThat(forget.err()).contains("belongs to a Temporal server");
    assertThat(run.code()).isEqualTo(6);
    assertThat(run.err()).contains("run small belongs to the Temporal server 127.0.0.1:1/default");
    assertThat(embedded.code()).isEqualTo(2);
    assertThat(embedded.err()).contains("choose another --name");
    assertThat(Files.readAllBytes(folder.path().resolve("run.json"))).isEqualTo(before);
    assertThat(artifacts()).hasSize(2);
  }

  @Test
  void aServerThatIsAwayIsNoReasonToShowNothing() throws IOException {
    RunFolder folder = new Home(temper.home()).run("small");
    folder.write(folder.record().orElseThrow().on("127.0.0.1:1/default"));
    Map<String, String> away = Map.of("TEMPORAL_ADDRESS", "127.0.0.1:1");

    Outcome list = temper.run(away, "list");
    Outcome status = temper.run(away, "status", "small");

    assertThat(list.code()).isZero();
    assertThat(list.err().lines())
        .singleElement()
        .asString()
        .contains("as they were seen last", "127.0.0.1:1");
    assertThat(list.out()).contains("small  finished", "2/2 stages", "as seen last");
    assertThat(status.code()).isEqualTo(6);
    assertThat(status.out()).contains("small: finished", "what was seen last");
  }

  @Test
  void aRunOfTheSameNameInAnotherHomeIsNotForgotten() throws IOException {
    CommandLineFixture other =
        new CommandLineFixture(Files.createDirectory(directory.resolve("other")));
    other.write("small.yaml", RECIPE);
    String store = temper.home().resolve("store").toString();
    assertThat(other.run("--store", store, "run", "small.yaml").code()).isZero();

    assertThat(temper.run("gc", "--older-than", "0s", "--forget", "small").code()).isZero();
    assertThat(artifacts()).hasSize(2);
    Outcome notMine = temper.run("gc", "--older-than", "0s", "--forget", "small");
    assertThat(notMine.code()).isEqualTo(2);
    assertThat(notMine.err()).contains("of other homes or servers only: small@");

    other.run("--store", store, "gc", "--older-than", "0s", "--forget", "small");
    assertThat(artifacts()).isEmpty();
  }

  @Test
  void aRunOfAHomeThatIsGoneIsForgottenByItsWholeName() throws IOException {
    store().keep("small@gone", "of-another-home");

    temper.run("gc", "--forget", "small@gone");

    assertThat(store().roots().keySet()).hasSize(1).doesNotContain("small@gone");
  }

  @Test
  void whatIsYoungStays() throws IOException {
    temper.run("gc", "--forget", "small");

    assertThat(artifacts()).hasSize(2);
  }

  @Test
  void aPinKeepsAForgottenRunUntilItIsUndone() throws IOException {
    assertThat(temper.run("pin", "small").out()).contains("pinned small: 2 keys");
    temper.run("gc", "--older-than", "0s", "--forget", "small");
    assertThat(artifacts()).hasSize(2);

    assertThat(temper.run("unpin", "small").code()).isZero();
    temper.run("gc", "--older-than", "0s");
    assertThat(artifacts()).isEmpty();
  }

  @Test
  void whatAKeptArtifactWasMadeFromStays() throws IOException {
    ArtifactStore store = store();
    for (String key : artifacts()) {
      if (store.find(key).orElseThrow().kind().equals("sft")) {
        store.keep("pin@by-hand", key);
      }
    }

    temper.run("gc", "--older-than", "0s", "--forget", "small");

    assertThat(artifacts()).hasSize(2);
  }

  @Test
  void dataThatNobodyNamesGoesAndDataThatARunNeedsStays() throws IOException {
    ArtifactStore store = store();
    for (String text : List.of("needed", "not needed")) {
      store.putData(Sha256.of(text), Files.writeString(directory.resolve("rows"), text));
    }
    store.keep("small", ArtifactStore.dataKey(Sha256.of("needed")));

    temper.run("gc", "--older-than", "0s");

    assertThat(store.hasData(Sha256.of("needed"))).isTrue();
    assertThat(store.hasData(Sha256.of("not needed"))).isFalse();
  }

  @Test
  void checkpointsOfAnUnfinishedKeyStayUntilItsRunIsForgotten() throws IOException {
    Path checkpoint =
        Files.createDirectories(
            temper.home().resolve("store/checkpoints/unfinished/step-0000000001/c"));
    Files.writeString(checkpoint.resolve("MANIFEST.json"), "{}");
    store().keep("other", "unfinished");

    assertThat(temper.run("gc", "--older-than", "0s").out()).contains("deleted 0 of 0");
    assertThat(temper.run("gc", "--older-than", "0s", "--forget", "other").out())
        .contains("checkpoints  unfinished");
    assertThat(checkpoint).doesNotExist();
  }

  @Test
  void anUnknownRunOrAgeIsRefused() {
    assertThat(temper.run("gc", "--forget", "smal").err()).contains("small");
    assertThat(temper.run("gc", "--forget", "smal").code()).isEqualTo(2);
    assertThat(temper.run("gc", "--older-than", "soon").err()).contains("got 'soon'");
    assertThat(temper.run("pin", "smal").code()).isEqualTo(2);
    assertThat(temper.run("unpin", "small").err()).contains("not pinned");
  }

  private ArtifactStore store() {
    return new FolderArtifactStore(temper.home().resolve("store"));
  }

  private List<String> artifacts() throws IOException {
    try (Stream<Path> all = Files.list(temper.home().resolve("store/artifacts"))) {
      return all.map(path -> path.getFileName().toString()).toList();
    }
  }
}
