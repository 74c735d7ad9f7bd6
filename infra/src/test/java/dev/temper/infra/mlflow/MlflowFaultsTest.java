package dev.temper.infra.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.mlflow.FakeMlflow.Fault;
import dev.temper.infra.run.RunStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mlflow.api.proto.Service.Run;

class MlflowFaultsTest {

  private static final Duration LONG = Duration.ofMinutes(1);

  @TempDir Path home;
  private FakeMlflow server;
  private SomeRun run;

  @BeforeEach
  void start() throws IOException {
    server = FakeMlflow.start();
    run = new SomeRun(home, "faulty");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Mlflow mlflow(Map<String, String> more) {
    Map<String, String> environment = new TreeMap<>(Map.of("MLFLOW_TRACKING_URI", server.uri()));
    environment.putAll(more);
    return new Mlflow(
        MlflowSettings.of(environment).orElseThrow(),
        new MlflowTransport.Limits(Duration.ofSeconds(2), LONG, LONG),
        new MlflowWriter.Pace(
            Duration.ofMillis(1), new Backoff(Duration.ofMillis(1), Duration.ofMillis(5))));
  }

  private Mlflow.Sync sync() throws IOException, InterruptedException {
    return mlflow(Map.of()).sync(run.folder(), run.recipe(), run.record(), 1000);
  }

  private MlflowContents contents() {
    return new MlflowContents(server.uri(), Map.of());
  }

  private void assertWhole(int steps) {
    server.fail((path, body) -> Fault.NONE);
    for (String stage : SomeRun.STAGES) {
      Run of = contents().run("faulty", stage);
      assertThat(of.getInfo().getStatus().name()).isEqualTo("FINISHED");
      assertThat(contents().history(of, "train/loss"))
          .extracting(MlflowContents.Point::step)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, steps).boxed().toList());
    }
    assertThat(contents().runs("faulty")).hasSize(SomeRun.STAGES.size() + 1);
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {"ERROR", "UNAVAILABLE", "TOO_MANY", "LOST_ANSWER"})
  void everyCallFailsOnceAndNothingIsLostOrTwice(Fault fault) throws Exception {
    run.whole(7);
    Map<String, Integer> seen = new TreeMap<>();
    server.fail(
        (path, body) ->
            seen.merge(path + body.hashCode(), 1, Integer::sum) == 1 ? fault : Fault.NONE);
    assertThat(sync().losses()).isEmpty();
    assertWhole(7);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyMixOfFaultsEndsInTheSameContents(long seed) throws Exception {
    run.whole(5);
    Random random = new Random(seed);
    List<Fault> faults = List.of(Fault.ERROR, Fault.LOST_ANSWER, Fault.KILLED_BEFORE_TAGS);
    server.fail(
        (path, body) -> {
          synchronized (random) {
            return random.nextInt(12) == 0 ? faults.get(random.nextInt(faults.size())) : Fault.NONE;
          }
        });
    sync();
    assertWhole(5);
    Map<String, Object> mixed = contents().all("faulty");
    contents().discard("faulty");
    sync();
    assertThat(contents().all("faulty")).isEqualTo(mixed);
  }

  @Test
  void aServerKilledBetweenABatchAndItsTagGetsNoLineTwice() throws Exception {
    run.whole(6);
    AtomicInteger batches = new AtomicInteger();
    server.fail(
        (path, body) ->
            path.endsWith("log-batch")
                    && body.contains("temper.sent")
                    && batches.incrementAndGet() < 4
                ? Fault.KILLED_BEFORE_TAGS
                : Fault.NONE);
    sync();
    assertWhole(6);
  }

  @Test
  void aCopyOfTheJournalWithOtherTimesAddsNothingEvenIfTheTagWasLost() throws Exception {
    run.started("base", 1, 0);
    run.steps("base", 1, 1, 6);
    run.committed("base", 6);
    server.fail(
        (path, body) -> body.contains("\"temper.sent\"") ? Fault.KILLED_BEFORE_TAGS : Fault.NONE);
    assertThatThrownBy(() -> mlflow(Map.of()).sync(run.folder(), run.recipe(), run.record(), 1))
        .isInstanceOf(MlflowFailure.class);
    server.fail((path, body) -> Fault.NONE);
    run.started("base", 2, 0); // the same steps, as another worker that found the artifact has them
    run.steps("base", 2, 1, 6);
    run.finished("base", 6);
    sync();
    assertThat(contents().history(contents().run("faulty", "base"), "train/loss"))
        .extracting(MlflowContents.Point::step)
        .containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void aRefusedValueIsLeftOutAndNamedAndTheRestIsKept() throws Exception {
    run.whole(8);
    server.fail(
        (path, body) ->
            path.endsWith("log-batch") && holdsLossOfStep4(body) ? Fault.REJECTED : Fault.NONE);
    Mlflow.Sync sync = sync();
    server.fail((path, body) -> Fault.NONE);
    assertThat(sync.losses()).isNotEmpty().allMatch(loss -> loss.contains("train/loss"));
    Run base = contents().run("faulty", "base");
    assertThat(contents().history(base, "train/loss"))
        .extracting(MlflowContents.Point::step)
        .containsExactly(1L, 2L, 3L, 5L, 6L, 7L, 8L);
    assertThat(MlflowContents.tags(base).get("temper.rejected")).contains("train/loss", "step 4");
    assertThat(sync().lines()).isZero();
  }

  private static boolean holdsLossOfStep4(String body) {
    try {
      for (JsonNode metric : new ObjectMapper().readTree(body).path("metrics")) {
        if (metric.get("key").asText().equals("train/loss") && metric.get("step").asLong() == 4) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aServerThatIsAwayIsNotNoticedAndGetsAllWhenItIsBack() throws Exception {
    CountDownLatch refused = new CountDownLatch(5);
    server.fail(
        (path, body) -> {
          refused.countDown();
          return Fault.UNAVAILABLE;
        });
    try (MlflowTracker tracker = follow()) {
      run.started("base", 1, 0);
      tracker.started("faulty", "base", SilentTracker.PROGRESS);
      for (int step = 1; step <= 500; step++) {
        run.steps("base", 1, step, step);
        run.committed("base", step);
        tracker.committed("faulty", "base", step);
      }
      assertThat(refused.await(1, TimeUnit.MINUTES)).isTrue();
      server.fail((path, body) -> Fault.NONE);
      run.finished("base", 500);
      tracker.committed("faulty", "base", 500);
      run.ended(RunStatus.FINISHED);
      assertThat(tracker.end(LONG)).isEmpty();
    }
    assertThat(contents().history(contents().run("faulty", "base"), "train/loss"))
        .extracting(MlflowContents.Point::step)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 500).boxed().toList());
  }

  @Test
  void theEndOfARunDoesNotWaitForAServerThatStaysAwayAndSaysHowToSendTheRest() throws Exception {
    server.fail((path, body) -> Fault.UNAVAILABLE);
    run.whole(3);
    try (MlflowTracker tracker = follow()) {
      tracker.committed("faulty", "base", 3);
      assertThat(tracker.end(Duration.ofMillis(50)).orElseThrow())
          .contains("'temper sync faulty' sends the rest");
    }
    server.fail((path, body) -> Fault.NONE);
    sync();
    assertWhole(3);
  }

  @Test
  void aSlowServerHoldsUpNobodyWhoTrains() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    server.beforeAnswers(
        () -> {
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    run.whole(3);
    try (MlflowTracker tracker = follow()) {
      // All of these return while the first call of the writer is still not answered.
      for (int step = 1; step <= 1000; step++) {
        tracker.committed("faulty", "base", step);
      }
      release.countDown();
      assertThat(tracker.end(LONG)).isEmpty();
    }
    assertWhole(3);
  }

  private MlflowTracker follow() {
    return mlflow(Map.of())
        .tracker(
            new SilentTracker(run.folder()),
            run.folder(),
            run.recipe(),
            run::record,
            (moment, kind) -> {});
  }

  @Test
  void filesGoToABucketBySignedAddressesWhereTheServerDoesNotServeThem() throws Exception {
    server.close();
    server = FakeMlflow.startWithBucket();
    run.whole(2);
    assertThat(sync().losses()).isEmpty();
    String recipe = contents().run("faulty", "").getInfo().getRunId();
    assertThat(server.files())
        .containsEntry(recipe + "/report/index.html", "<html>report</html>")
        .containsKey(recipe + "/recipe.yaml");
  }

  @Test
  void whatABucketAnswersIsInNoMessage() throws Exception {
    server.close();
    server = FakeMlflow.startWithBucket();
    server.fail((path, body) -> path.startsWith("/bucket/") ? Fault.REJECTED : Fault.NONE);
    run.whole(1);
    assertThat(sync().losses())
        .anyMatch(loss -> loss.contains("/bucket/") && loss.contains("HTTP 400"))
        .noneMatch(loss -> loss.contains("planned") || loss.contains("Signature"));
  }

  @Test
  void filesGoThroughTheServerWhereItServesThem() throws Exception {
    run.whole(2);
    sync();
    int calls = server.files().size();
    Run base = contents().run("faulty", "base");
    assertThat(server.files())
        .containsEntry("1/" + base.getInfo().getRunId() + "/artifacts/curve.csv", "step,kl\n0,0\n");
    server.fail((path, body) -> path.contains("mlflow-artifacts") ? Fault.ERROR : Fault.NONE);
    sync(); // nothing is attached twice
    assertThat(server.files()).hasSize(calls);
  }

  @Test
  void credentialsAreSentAndNeverTold() throws Exception {
    run.whole(1);
    server.require("Basic YWxpY2U6czNjcmV0"); // alice:s3cret
    Map<String, String> right =
        Map.of("MLFLOW_TRACKING_USERNAME", "alice", "MLFLOW_TRACKING_PASSWORD", "s3cret");
    mlflow(right).sync(run.folder(), run.recipe(), run.record(), 1);
    Map<String, String> wrong =
        Map.of("MLFLOW_TRACKING_USERNAME", "alice", "MLFLOW_TRACKING_PASSWORD", "hunter2");
    assertThatThrownBy(() -> mlflow(wrong).probe())
        .isInstanceOf(MlflowFailure.class)
        .hasMessageContaining("401")
        .hasMessageContaining(server.uri())
        .hasMessageNotContaining("hunter2");
    server.require("Bearer t0ken");
    mlflow(Map.of("MLFLOW_TRACKING_TOKEN", "t0ken")).probe();
  }

  @Test
  void aNameThatTheServerDoesNotAllowIsAnError403WithItsReason() {
    Map<String, String> named =
        Map.of("MLFLOW_TRACKING_URI", "http://mlflow.example:80", "HTTP_PROXY", server.uri());
    // The fake server is the proxy: it gets the request, and the Host header as it is.
    assertThatThrownBy(() -> mlflow(named).probe())
        .hasMessageContaining("403")
        .hasMessageContaining("Invalid Host header");
    assertThat(server.calls()).isNotEmpty();
  }

  @Test
  void noProxyIsUsedForHostsThatAreReachedWithout() {
    Map<String, String> around =
        Map.of("HTTP_PROXY", "http://127.0.0.1:9", "NO_PROXY", "127.0.0.1");
    mlflow(around).probe();
    assertThatThrownBy(() -> mlflow(Map.of("HTTP_PROXY", "http://127.0.0.1:9")).probe())
        .isInstanceOf(MlflowFailure.class);
  }

  @Test
  void aServerThatIsNotThereIsNamedWithWhatWasTried() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    assertThatThrownBy(
            () -> mlflow(Map.of("MLFLOW_TRACKING_URI", "http://127.0.0.1:" + port)).probe())
        .isInstanceOf(MlflowFailure.class)
        .hasMessageContaining("http://127.0.0.1:" + port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite:///x.db", "http//host", "https://u:hunter2@", "./mlruns"})
  void anAddressThatIsNoneIsRefusedWithoutItsPassword(String address) {
    assertThatThrownBy(() -> MlflowSettings.of(Map.of("MLFLOW_TRACKING_URI", address)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MLFLOW_TRACKING_URI must be http")
        .hasMessageNotContaining("hunter2");
  }
}
