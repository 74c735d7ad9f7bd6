package dev.temper.infra.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.activities.ArtifactStore;
import dev.temper.activities.CheckpointManifest;
import dev.temper.activities.FencedException;
import dev.temper.activities.LeaseWait;
import dev.temper.activities.Manifest;
import dev.temper.activities.SavedCheckpoint;
import dev.temper.activities.Sha256;
import dev.temper.activities.StageLease;
import dev.temper.activities.Staging;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.HttpExecuteResponse;

/** What a store on a bucket does on bad days; the same on every server. */
interface S3StoreFaults {

  String STAGE = "c3d4";
  LeaseWait NOBODY =
      holder -> {
        throw new AssertionError("held by " + holder);
      };

  /** Thrown by whoever does not want to wait any longer. */
  final class GivenUp extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  TestBucket bucket();

  @Test
  default void aLargeFileGoesInPartsAndComesBackInRanges() throws Exception {
    byte[] large = random(3 * TestBucket.PART + 7);
    Faults way = bucket().faults();
    Manifest made = publish(bucket().store(way), large);
    assertThat(way.requests()).anyMatch(request -> request.startsWith("POST"));
    Faults other = bucket().faults();
    Path file = bucket().store(other).open(made, Pulse.NONE).resolve("weights");
    assertThat(Files.readAllBytes(file)).isEqualTo(large);
    assertThat(other.requests().stream().filter(get -> get.endsWith("files/weights"))).hasSize(4);
  }

  @Test
  default void aServerThatIsDownForAWhileOnlyCostsTime() throws Exception {
    byte[] large = random(2 * TestBucket.PART + 7);
    Faults way =
        bucket()
            .faults()
            .next(3, "PUT", "leases", Faults.status(503, "SlowDown"))
            .next(4, "PUT", "partNumber", Faults.status(500, "InternalError"))
            .next(2, "POST", "uploads", Faults.status(503, "ServiceUnavailable"))
            .next(2, "PUT", "MANIFEST.json", Faults.status(503, "SlowDown"));
    Manifest made = publish(bucket().store(way), large);
    Faults other =
        bucket()
            .faults()
            .next(2, "GET", "MANIFEST.json", Faults.status(500, "InternalError"))
            .next(2, "GET", "files/weights", Faults.status(503, "SlowDown"))
            .next(2, "GET", "files/weights", Faults.stalled())
            .next(2, "GET", "files/weights", Faults.torn());
    ArtifactStore store = bucket().store(other);
    assertThat(store.find(STAGE)).contains(made);
    assertThat(store.open(made, Pulse.NONE).resolve("weights")).hasBinaryContent(large);
  }

  @Test
  default void bytesThatAreAlteredOnTheirWayAreFetchedAgain() throws Exception {
    byte[] small = random(1000);
    Manifest made = publish(bucket().store(), small);
    Faults way = bucket().faults().next(1, "GET", "files/weights", Faults.altered());
    Path folder = bucket().store(way).open(made, Pulse.NONE);
    assertThat(folder.resolve("weights")).hasBinaryContent(small);
  }

  @Test
  default void aDamagedCopyOnThisMachineIsFetchedAgain() throws Exception {
    byte[] small = random(1000);
    Manifest made = publish(bucket().store(), small);
    Path cache = bucket().cache();
    Path copy = bucket().store(bucket().faults(), cache, System::nanoTime).open(made, Pulse.NONE);
    byte[] bytes = Files.readAllBytes(copy.resolve("weights"));
    bytes[5] ^= 1;
    Files.write(copy.resolve("weights"), bytes);
    Faults way = bucket().faults();
    bucket().store(way, cache, System::nanoTime).open(made, Pulse.NONE);
    assertThat(copy.resolve("weights")).hasBinaryContent(small);
    assertThat(way.requests().stream().filter(get -> get.endsWith("files/weights"))).hasSize(1);
    assertThat(way.requests().stream().filter(get -> get.endsWith("samples.jsonl"))).isEmpty();
  }

  @Test
  default void aWholeCopyOnThisMachineIsNotFetchedAgain() throws Exception {
    Manifest made = publish(bucket().store(), random(1000));
    Path cache = bucket().cache();
    bucket().store(bucket().faults(), cache, System::nanoTime).open(made, Pulse.NONE);
    Faults way = bucket().faults();
    bucket().store(way, cache, System::nanoTime).open(made, Pulse.NONE);
    assertThat(way.requests().stream().filter(get -> get.contains("files/"))).isEmpty();
  }

  @Test
  default void aPublicationWhoseAnswerWasLostHasSucceeded() throws Exception {
    Faults way =
        bucket()
            .faults()
            .next(1, "PUT", "artifacts/" + STAGE, Faults.lostAnswer())
            .next(1, "PUT", "leases/" + STAGE, Faults.lostAnswer());
    ArtifactStore store = bucket().store(way);
    Manifest made = publish(store, random(10)); // asserts that it has won
    assertThat(bucket().store().find(STAGE)).contains(made);
  }

  @Test
  default void aLargeUploadWhoseLastAnswerWasLostHasSucceeded() throws Exception {
    byte[] large = random(TestBucket.PART + 1);
    Faults way =
        bucket()
            .faults()
            .next(1, "POST", "uploadId", Faults.lostAnswer())
            .next(1, "PUT", "partNumber=[1]", Faults.lostAnswer());
    Manifest made = publish(bucket().store(way), large);
    assertThat(bucket().store().open(made, Pulse.NONE).resolve("weights")).hasBinaryContent(large);
  }

  @Test
  default void everythingMayBeDeliveredTwice() throws Exception {
    Faults way = bucket().faults().next(1000, "PUT", "", Faults.twice());
    Manifest made = publish(bucket().store(way), random(2 * TestBucket.PART));
    assertThat(bucket().store().find(STAGE)).contains(made);
  }

  @Test
  default void anUploadThatIsGivenUpLeavesNothing() throws Exception {
    Faults way = bucket().faults().next(1, "PUT", "partNumber=[2]", Faults.status(403, "NoWay"));
    try (StageLease lease = lease(bucket().store(way));
        Staging staging = lease.begin()) {
      assertThatThrownBy(() -> staging.file("weights", wrap(random(3 * TestBucket.PART))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("PUT part 2")
          .hasMessageContaining("403 NoWay");
    }
    assertThat(bucket().bucket().incomplete("")).isEmpty();
    assertThat(bucket().paths()).allMatch(path -> path.startsWith("leases/"));
  }

  @Test
  default void aWorkerThatWakesUpAfterItsLeaseWasTakenCanPublishNothing() throws Exception {
    AtomicLong nanos = new AtomicLong();
    StageLease zombie = lease(bucket().store());
    Staging staging = zombie.begin();
    Manifest manifest = manifest(staging, random(10));
    ArtifactStore otherHost = bucket().store(bucket().faults(), nanos::get);
    List<String> waitedFor = new ArrayList<>();
    try (StageLease next =
        otherHost.lease(
            STAGE,
            "other/stage",
            holder -> {
              waitedFor.add(holder);
              nanos.addAndGet(Duration.ofSeconds(6).toNanos());
            })) {
      assertThat(waitedFor).hasSize(5).containsOnly("run/stage");
      assertThat(next.epoch()).isGreaterThan(zombie.epoch());
      zombie.check(); // it cannot know yet
      assertThatThrownBy(() -> zombie.publishArtifact(staging, manifest))
          .isInstanceOf(FencedException.class);
      assertThatThrownBy(zombie::check).isInstanceOf(FencedException.class);
      assertThatThrownBy(() -> zombie.publishCheckpoint(staging, checkpoint(5)))
          .isInstanceOf(FencedException.class);
      assertThat(otherHost.find(STAGE)).isEmpty();
      zombie.close();
      next.whileHeld(() -> true);
    }
  }

  @Test
  default void aLeaseThatIsRenewedIsNotTaken() throws Exception {
    AtomicLong nanos = new AtomicLong();
    StageLease holder = lease(bucket().store());
    ArtifactStore otherHost = bucket().store(bucket().faults(), nanos::get);
    List<String> waited = new ArrayList<>();
    assertThatThrownBy(
            () ->
                otherHost.lease(
                    STAGE,
                    "other/stage",
                    name -> {
                      waited.add(name);
                      if (waited.size() == 30) {
                        throw new GivenUp();
                      }
                      nanos.addAndGet(Duration.ofSeconds(10).toNanos());
                      renew(holder);
                    }))
        .isInstanceOf(GivenUp.class);
    holder.close();
  }

  @Test
  default void aClockThatJumpsByAnHourEndsNoLease() throws Exception {
    AtomicLong nanos = new AtomicLong();
    StageLease holder = lease(bucket().store());
    ArtifactStore otherHost = bucket().store(bucket().faults(), nanos::get);
    List<String> waited = new ArrayList<>();
    assertThatThrownBy(
            () ->
                otherHost.lease(
                    STAGE,
                    "other/stage",
                    name -> {
                      waited.add(name);
                      if (waited.size() == 10) {
                        throw new GivenUp();
                      }
                      nanos.addAndGet(Duration.ofHours(1).toNanos());
                    }))
        .isInstanceOf(GivenUp.class);
    holder.whileHeld(() -> true);
    holder.close();
  }

  @Test
  default void aLaterAttemptOfTheSameOwnerTakesOverAtOnceFromAnotherHost() throws Exception {
    StageLease killed = lease(bucket().store());
    Staging staging = killed.begin();
    staging.file("weights", wrap(random(10)));
    try (StageLease next = lease(bucket().store())) {
      next.sweep();
      assertThat(bucket().paths()).allMatch(path -> path.startsWith("leases/"));
      assertThatThrownBy(killed::begin).isInstanceOf(FencedException.class);
    }
  }

  /** The hardest moment: asked for the lease, not yet put. */
  @Test
  default void aPublicationThatIsOvertakenIsEndedByTheLaterAttempt() throws Exception {
    List<StageLease> later = new ArrayList<>();
    Faults way =
        bucket()
            .faults()
            .next(
                1,
                "PUT",
                "artifacts/" + STAGE,
                Faults.before(
                    sending -> {
                      StageLease next = lease(bucket().store());
                      next.sweep();
                      later.add(next);
                      return null;
                    }));
    byte[] weights = random(10);
    StageLease zombie = lease(bucket().store(way));
    Manifest made;
    try (Staging staging = zombie.begin()) {
      made = manifest(staging, weights);
      assertThat(zombie.publishArtifact(staging, made)).isTrue();
    }
    assertThatThrownBy(() -> zombie.prune(0)).isInstanceOf(FencedException.class);
    assertThat(later).hasSize(1);
    ArtifactStore reader = bucket().store();
    assertThat(reader.find(STAGE)).contains(made);
    assertThat(reader.open(made, Pulse.NONE).resolve("weights")).hasBinaryContent(weights);
    later.get(0).close();
  }

  @Test
  default void aPublicationThatIsOvertakenBeforeItsIntentIsConfirmedStaysWhole() throws Exception {
    List<StageLease> later = new ArrayList<>();
    Faults way = bucket().faults();
    byte[] weights = random(10);
    StageLease zombie = lease(bucket().store(way));
    Staging staged = zombie.begin();
    Manifest made = manifest(staged, weights);
    try (Staging staging = staged) {
      way.next(
          1,
          "PUT",
          "leases/" + STAGE,
          sending -> {
            try {
              return Faults.lostAnswer().happen(sending);
            } finally {
              StageLease next = lease(bucket().store());
              next.sweep();
              later.add(next);
            }
          });
      assertThatThrownBy(() -> zombie.publishArtifact(staging, made))
          .isInstanceOf(FencedException.class);
    }
    assertThat(later).hasSize(1);
    ArtifactStore reader = bucket().store();
    assertThat(reader.find(STAGE)).contains(made);
    assertThat(reader.open(made, Pulse.NONE).resolve("weights")).hasBinaryContent(weights);
    later.get(0).close();
  }

  @Test
  default void anIntentThatWasLeftBehindDoesNotUndoARepair() throws Exception {
    Manifest made = publishAndDie();
    ArtifactStore store = bucket().store();
    store.tidy(STAGE, "run/stage");
    bucket().bucket().delete(S3Layout.artifact(STAGE)); // as the message of a damaged one says
    lease(bucket().store()).close();
    assertThat(store.find(STAGE)).isEmpty();
    assertThat(publish(bucket().store(), random(20)).content()).isNotEqualTo(made.content());
  }

  @Test
  default void aCommitOfWhichAFileIsGoneIsNotPublishedForAnEarlierAttempt() throws Exception {
    publishAndDie();
    bucket().bucket().delete(S3Layout.artifact(STAGE));
    bucket().bucket().delete(bucket().only("commits/" + STAGE, "files/weights"));
    try (StageLease next = lease(bucket().store())) {
      next.check();
      assertThat(bucket().store().find(STAGE)).isEmpty();
    }
  }

  /** As a process that is killed right after its artifact has appeared. */
  private Manifest publishAndDie() throws Exception {
    StageLease lease = lease(bucket().store());
    Staging staging = lease.begin();
    Manifest made = manifest(staging, random(10));
    assertThat(lease.publishArtifact(staging, made)).isTrue();
    return made;
  }

  @Test
  default void whoeverWaitsForTheServerGivesSignsOfLife() throws Exception {
    AtomicLong beats = new AtomicLong();
    Faults way = bucket().faults().next(3, "GET", "artifacts/", Faults.status(503, "SlowDown"));
    ArtifactStore store = bucket().store(way).watched(beats::incrementAndGet);
    store.find(STAGE);
    assertThat(beats).hasValue(3);
    way.next(2, "PUT", "leases/", Faults.status(503, "SlowDown"));
    lease(store).close();
    assertThat(beats).hasValue(5);
  }

  @Test
  default void anUploadGivesSignsOfLifeHoweverLongItTakes() throws Exception {
    for (byte[] bytes : List.of(random(100), random(TestBucket.PART + 100))) {
      CountDownLatch beat = new CountDownLatch(1);
      Faults way = bucket().faults().next(1, "PUT", "files/weights", waitingFor(beat));
      ArtifactStore store = bucket().store(way).watched(beat::countDown);
      try (StageLease lease = lease(store);
          Staging staging = lease.begin()) {
        assertThat(staging.file("weights", wrap(bytes)).size()).isEqualTo(bytes.length);
      }
      assertThat(beat.getCount()).isZero();
    }
  }

  @Test
  default void anAttemptThatWasReplacedAsksForTheLeaseNoMore() throws Exception {
    Faults way = bucket().faults().next(1, "PUT", "leases/", Faults.status(503, "SlowDown"));
    AtomicLong asked = new AtomicLong();
    LeaseWait replaced =
        new LeaseWait() {
          @Override
          public void waiting(String holder) {}

          @Override
          public void asking() {
            if (asked.incrementAndGet() == 2) { // before it is put, and before it is put again
              throw new GivenUp();
            }
          }
        };
    assertThatThrownBy(() -> bucket().store(way).lease(STAGE, "run/stage", replaced))
        .isInstanceOf(GivenUp.class);
    assertThat(bucket().paths()).isEmpty();
  }

  @Test
  default void aRenewalThatHangsDoesNotKeepTheOthers() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch renewed = new CountDownLatch(2);
    Faults way = bucket().faults();
    S3Connection connection = S3Connection.of(bucket().environment());
    Repeats repeats = new Repeats(Duration.ofSeconds(30), millis -> {}, System::nanoTime);
    Bucket objects = new Bucket(connection.client(way), bucket().location(), repeats);
    LeaseTerms terms =
        new LeaseTerms(Duration.ofSeconds(3), Duration.ofMillis(5), System::nanoTime);
    try (S3Leases leases = new S3Leases(objects, new S3Json(), terms)) {
      leases.acquire(objects, "a", "run/a", NOBODY);
      leases.acquire(objects, "b", "run/b", NOBODY);
      way.next(1000, "PUT", "leases/a", waitingFor(never));
      way.next(
          1000,
          "PUT",
          "leases/b",
          Faults.before(
              sending -> {
                renewed.countDown();
                return null;
              }));
      assertThat(renewed.await(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  default void aRenewalThatArrivesAfterItWasGivenUpTakesTheLeaseFromNobody() throws Exception {
    Faults way = bucket().faults();
    StageLease lease = lease(bucket().store(way));
    // What a given up renewal of this very holder leaves: its record with a later beat.
    String path = S3Layout.lease(STAGE);
    S3Json json = new S3Json();
    LeaseRecord record =
        json.read(path, bucket().bucket().get(path).orElseThrow().bytes(), LeaseRecord.class);
    bucket().put(path, json.write(record.renewed("").renewed("")));
    lease.whileHeld(() -> true);
    lease.close();
  }

  @Test
  default void aDeletionIsNotRepeatedByWhoeverWasReplaced() throws Exception {
    boolean heard =
        assertThatALateDeletionHarmsNobody(
            takeOver -> {
              takeOver.run();
              return Faults.status(503, "SlowDown").happen(null);
            });
    assertThat(heard).isTrue();
  }

  @Test
  default void aDeletionThatArrivesLateHarmsNobody() throws Exception {
    assertThatALateDeletionHarmsNobody(
        takeOver -> {
          takeOver.run();
          return null;
        });
  }

  /** What happens between the request and its arrival. */
  interface Late {
    HttpExecuteResponse happens(Runnable takeOver) throws IOException;
  }

  /** Returns whether whoever deletes hears that it was replaced. */
  private boolean assertThatALateDeletionHarmsNobody(Late late) throws Exception {
    boolean heard = false;
    byte[] row = random(30);
    StageLease killed = lease(bucket().store());
    killed.begin().chunk("rows/1", wrap(row)); // never referred to
    List<StageLease> later = new ArrayList<>();
    Runnable takeOver =
        () -> {
          StageLease next = lease(bucket().store());
          later.add(next);
          try {
            next.sweep();
            checkpoint(next, 10, row);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        };
    Faults way = bucket().faults();
    StageLease zombie = lease(bucket().store(way));
    way.next(
        1,
        "POST",
        "delete",
        sending -> {
          HttpExecuteResponse answer = late.happens(takeOver);
          return answer == null ? sending.send() : answer;
        });
    try {
      zombie.sweep();
    } catch (FencedException e) {
      heard = true;
    }
    assertThat(later).hasSize(1);
    later.get(0).close();
    try (StageLease next = lease(bucket().store())) {
      SavedCheckpoint saved =
          next.newestCheckpoint(any -> true, Pulse.NONE, note -> {}).orElseThrow();
      assertThat(saved.manifest().step()).isEqualTo(10);
    }
    return heard;
  }

  @Test
  default void theLateCheckpointOfAReplacedAttemptTakesNobodysPlace() throws Exception {
    List<StageLease> later = new ArrayList<>();
    Faults way =
        bucket()
            .faults()
            .next(
                1,
                "PUT",
                "checkpoints/",
                Faults.before(
                    sending -> {
                      StageLease next = lease(bucket().store());
                      next.sweep();
                      next.newestCheckpoint(any -> true, Pulse.NONE, note -> {});
                      checkpoint(next, 10, random(30));
                      later.add(next);
                      return null;
                    }));
    checkpoint(lease(bucket().store(way)), 100, random(40));
    later.get(0).prune(1);
    later.get(0).close();
    assertThat(bucket().only("checkpoints/", ".json")).contains("step-0000000010");
  }

  @Test
  default void checkpointsOfAnEarlierVersionGoOn() throws Exception {
    byte[] row = random(30);
    try (StageLease lease = lease(bucket().store())) {
      checkpoint(lease, 10, row);
    }
    String manifest = bucket().only("checkpoints/", ".json");
    ObjectNode tree =
        new S3Json()
            .read(
                manifest, bucket().bucket().get(manifest).orElseThrow().bytes(), ObjectNode.class);
    tree.remove("chunks");
    bucket().put(manifest, new S3Json().write(tree));
    String chunk = bucket().only("chunks/", "");
    bucket().put(S3Layout.chunk(STAGE, Sha256.of(ByteBuffer.wrap(row))), row);
    bucket().bucket().delete(chunk);
    try (StageLease lease = lease(bucket().store())) {
      lease.sweep();
      SavedCheckpoint saved =
          lease.newestCheckpoint(any -> true, Pulse.NONE, note -> {}).orElseThrow();
      try (Staging staging = lease.begin()) {
        lease.publishCheckpoint(
            staging,
            new CheckpointManifest(STAGE, 20, 2, "spec", 1, List.of(), saved.manifest().chunks()));
      }
    }
    try (StageLease lease = lease(bucket().store())) {
      lease.sweep();
      assertThat(lease.newestCheckpoint(any -> true, Pulse.NONE, note -> {}))
          .hasValueSatisfying(saved -> assertThat(saved.manifest().step()).isEqualTo(20));
    }
  }

  /** Of one file and one chunk. */
  private static void checkpoint(StageLease lease, long step, byte[] row) throws IOException {
    try (Staging staging = lease.begin()) {
      StoredFile file = staging.file("weights", wrap(random(10)));
      StoredFile chunk = staging.chunk("rows/1", wrap(row));
      lease.publishCheckpoint(
          staging,
          new CheckpointManifest(STAGE, step, 1, "spec", 1, List.of(file), List.of(chunk)));
    }
  }

  /** The request is sent when somebody says so. */
  private static Faults.Fault waitingFor(CountDownLatch word) {
    return Faults.before(
        sending -> {
          try {
            if (!word.await(60, TimeUnit.SECONDS)) {
              throw new AssertionError("nobody said a word");
            }
          } catch (InterruptedException e) {
            throw new InterruptedIOException("given up");
          }
          return null;
        });
  }

  @Test
  default void aCheckpointIsReadOnAnotherHost() throws Exception {
    byte[] large = random(TestBucket.PART + 3);
    StageLease first = lease(bucket().store());
    try (Staging staging = first.begin()) {
      StoredFile file = staging.file("weights", wrap(large));
      StoredFile chunk = staging.chunk("samples/1", wrap(random(20)));
      first.publishCheckpoint(
          staging, new CheckpointManifest(STAGE, 7, 1, "spec", 1, List.of(file), List.of(chunk)));
    }
    try (StageLease next = lease(bucket().store())) {
      next.sweep();
      SavedCheckpoint saved =
          next.newestCheckpoint(any -> true, Pulse.NONE, note -> {}).orElseThrow();
      byte[] read = new byte[large.length];
      saved.read(saved.manifest().files().get(0)).get(read);
      assertThat(read).isEqualTo(large);
      assertThat(saved.read(saved.manifest().chunks().get(0)).remaining()).isEqualTo(20);
      next.prune(0);
    }
    assertThat(bucket().paths()).allMatch(path -> path.startsWith("leases/"));
  }

  @Test
  default void whatSomebodyWritesIsNotDiscarded() throws Exception {
    publish(bucket().store(), random(10));
    AtomicLong nanos = new AtomicLong();
    // Looks too seldom to see a lease end, and soon gives up.
    ArtifactStore collector =
        bucket().store(bucket().faults(), () -> nanos.addAndGet(Duration.ofSeconds(16).toNanos()));
    try (StageLease writer = lease(bucket().store())) {
      assertThat(collector.discard(collector.holdings().get(0), () -> false)).isFalse();
      writer.check();
    }
    assertThat(collector.find(STAGE)).isPresent();
    assertThat(collector.discard(collector.holdings().get(0), () -> false)).isTrue();
    assertThat(collector.find(STAGE)).isEmpty();
  }

  @Test
  default void anObjectThatWasLostIsNamed() throws Exception {
    publish(bucket().store(), random(10));
    bucket().bucket().delete(bucket().only("commits/" + STAGE, "files/weights"));
    assertThatThrownBy(() -> bucket().store().find(STAGE))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("files/weights is missing")
        .hasMessageContaining("delete s3://")
        .hasMessageContaining("artifacts/" + STAGE + "/MANIFEST.json");
  }

  private static StageLease lease(ArtifactStore store) {
    try {
      return store.lease(STAGE, "run/stage", NOBODY);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void renew(StageLease lease) {
    try {
      lease.whileHeld(() -> true);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Manifest publish(ArtifactStore store, byte[] weights) throws Exception {
    try (StageLease lease = lease(store);
        Staging staging = lease.begin()) {
      Manifest manifest = manifest(staging, weights);
      assertThat(lease.publishArtifact(staging, manifest)).isTrue();
      return manifest;
    }
  }

  private static Manifest manifest(Staging staging, byte[] weights) throws IOException {
    List<StoredFile> files = List.of(staging.file("weights", wrap(weights)));
    List<StoredFile> attachments =
        List.of(staging.attachment("samples.jsonl", wrap("{}".getBytes(StandardCharsets.UTF_8))));
    return new Manifest(
        STAGE,
        "sft",
        JsonNodeFactory.instance.objectNode(),
        Map.of(),
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

  private static CheckpointManifest checkpoint(long step) {
    return new CheckpointManifest(STAGE, step, 1, "spec", 1, List.of(), List.of());
  }

  private static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }
}
