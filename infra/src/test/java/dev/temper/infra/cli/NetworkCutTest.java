package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.RunActivitiesImpl;
import dev.temper.activities.StageFailpoints;
import dev.temper.infra.StageWork;
import dev.temper.infra.Stores;
import dev.temper.infra.Wiring;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.cli.CommandLineFixture.Running;
import dev.temper.infra.mlflow.Mlflow;
import dev.temper.infra.mlflow.MlflowPoints;
import dev.temper.infra.mlflow.MlflowWork;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.StageRecord;
import dev.temper.infra.run.WorkTracker;
import dev.temper.infra.stack.RealServer;
import dev.temper.infra.stack.RealServers.Handle;
import dev.temper.infra.stack.Relay;
import dev.temper.infra.stack.StackServer;
import dev.temper.infra.temporal.QueueWorkers;
import dev.temper.infra.temporal.Queues;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.TemporalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A worker that for a minute reaches neither Temporal nor the store nor MLflow. */
@Timeout(240)
class NetworkCutTest {

  /** Longer than a heartbeat, a lease and every time-out of a single call. */
  private static final long CUT_SECONDS = 60;

  private static final long BEFORE = 20;
  private static final long DURING = 60;

  @TempDir Path directory;
  private final String id = UUID.randomUUID().toString().substring(0, 8);
  private final Map<String, String> direct = new LinkedHashMap<>();

  @Test
  void aRunThatWasCutOffForAMinuteLeavesWhatACleanOneLeaves(
      @RealServer(StackServer.TEMPORAL) Handle temporal,
      @RealServer(StackServer.S3) Handle s3,
      @RealServer(StackServer.MLFLOW) Handle mlflow)
      throws Exception {
    List.of(temporal, s3, mlflow).forEach(server -> direct.putAll(server.environment()));
    String bucket = direct.get("TEMPER_STORE");
    direct.put("TEMPER_STORE", bucket + "/clean-" + id);
    RunRecord clean = clean();
    direct.put("TEMPER_STORE", bucket + "/cut-" + id);

    GatedStages stages = new GatedStages(BEFORE, 2);
    CommandLineFixture temper = fixture("cut", stages);
    try (Relay toTemporal = Relay.to(direct.get("TEMPORAL_ADDRESS"));
        Relay toStore = Relay.to(hostAndPort("AWS_ENDPOINT_URL_S3"));
        Relay toMlflow = Relay.to(hostAndPort("MLFLOW_TRACKING_URI"));
        Worker worker = new Worker(temper, through(toTemporal, toStore, toMlflow))) {
      List<Relay> network = List.of(toTemporal, toStore, toMlflow);
      Running watched = temper.start(direct, "run", "cut.yaml");
      stages.awaitGate();

      network.forEach(Relay::cut);
      stages.allow(DURING); // checkpoints and points that have nowhere to go
      // The minute is what is tested, not something to wait for: nothing may end in it.
      assertThatThrownBy(() -> watched.end().get(CUT_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(TimeoutException.class);
      network.forEach(Relay::mend);
      stages.allow(GatedStages.STEPS);
      Outcome outcome = watched.await();

      assertThat(outcome.code()).as(outcome.out() + outcome.err()).isZero();
      assertThat(worker.sent()).isEmpty();
    }

    RunRecord cut = record(temper, "cut");
    assertThat(cut.stages()).extracting(StageRecord::artifact).isEqualTo(keys(clean));
    assertThat(cut.stages()).extracting(StageRecord::content).isEqualTo(contents(clean));
    assertThat(cut.stage("left").orElseThrow().attempts()).isGreaterThan(1);
    assertThat(cut.stage("left").orElseThrow().resumedFromStep()).isPositive();
    MlflowPoints points = new MlflowPoints(direct);
    Map<String, List<String>> expected = points.of("clean-" + id);
    assertThat(expected.get("left train/loss")).hasSize(GatedStages.STEPS);
    assertThat(points.of("cut-" + id)).isEqualTo(expected);
  }

  private RunRecord clean() throws IOException {
    CommandLineFixture temper = fixture("clean", new GatedStages(GatedStages.STEPS, 0));
    Outcome outcome = temper.run(direct, "run", "clean.yaml", "--embedded");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return record(temper, "clean");
  }

  private CommandLineFixture fixture(String name, GatedStages stages) throws IOException {
    CommandLineFixture temper =
        new CommandLineFixture(Files.createDirectory(directory.resolve(name)), stages);
    String stage =
        """
            kind: sft
            init: base
            data: {synthetic: kind-notes/demonstrations, rows: 8}
            steps: 100
            learningRate: 1.0e-3
            checkpointEverySteps: 10
            timeouts: {heartbeatSeconds: 5}
        """;
    temper.write(
        name + ".yaml",
        """
        name: %s-%s
        seed: 7
        stages:
          base:
            kind: pretrain
            data: {synthetic: kind-notes/pretraining, rows: 8}
            model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
            steps: 100
            learningRate: 1.0e-3
          left:
        %s  right:
        %s"""
            .formatted(name, id, stage, stage));
    return temper;
  }

  private RunRecord record(CommandLineFixture temper, String name) throws IOException {
    return new Home(temper.home()).run(name + "-" + id).record().orElseThrow();
  }

  private static List<Optional<String>> keys(RunRecord run) {
    return run.stages().stream().map(StageRecord::artifact).toList();
  }

  private static List<Optional<String>> contents(RunRecord run) {
    return run.stages().stream().map(StageRecord::content).toList();
  }

  private String hostAndPort(String variable) {
    return direct.get(variable).replaceFirst("^http://", "");
  }

  private Map<String, String> through(Relay temporal, Relay store, Relay mlflow) {
    Map<String, String> environment = new LinkedHashMap<>(direct);
    environment.put("TEMPORAL_ADDRESS", temporal.address());
    environment.put("AWS_ENDPOINT_URL_S3", "http://" + store.address());
    environment.put("MLFLOW_TRACKING_URI", "http://" + mlflow.address());
    return environment;
  }

  /** What {@code temper worker} puts together, in this process. */
  private static final class Worker implements AutoCloseable {
    private final TemporalServer server;
    private final ArtifactStore store;
    private final MlflowWork sending;
    private final StageWork work;
    private final QueueWorkers queues;

    Worker(CommandLineFixture temper, Map<String, String> environment) throws IOException {
      String location = environment.get("TEMPER_STORE");
      Path folder = Files.createDirectories(temper.home().resolve("worker"));
      Mlflow mlflow = Mlflow.of(environment).orElseThrow();
      store = Stores.open(location, environment, temper.home().resolve("cache"));
      server =
          TemporalServer.connect(ServerAddress.of(environment).orElseThrow(), Wiring.payloads());
      sending =
          mlflow.work(
              new WorkTracker(new Home(temper.home()), line -> {}),
              folder,
              location,
              StageFailpoints.NONE);
      work =
          temper
              .wiring()
              .work(
                  store,
                  location,
                  sending,
                  (ofRun, file) -> store.data(file.sha256()),
                  server.place());
      queues =
          QueueWorkers.start(
              server.client(),
              Map.of(Queues.CONTROL, 1, Queues.CPU, 4),
              work.stages(),
              new RunActivitiesImpl(mlflow.records(new Home(temper.home()))));
    }

    /** Why MLflow does not have all. */
    Optional<String> sent() throws InterruptedException {
      return sending.end(Duration.ofSeconds(60));
    }

    @Override
    public void close() throws IOException {
      queues.close();
      work.close();
      sending.close();
      server.close();
      store.close();
    }
  }
}
