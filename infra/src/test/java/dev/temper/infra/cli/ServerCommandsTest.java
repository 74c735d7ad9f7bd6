package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.activities.ArtifactStore;
import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.infra.StageWork;
import dev.temper.infra.Wiring;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.cli.CommandLineFixture.Running;
import dev.temper.infra.mlflow.FakeMlflow;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.WorkTracker;
import dev.temper.infra.stack.RealServer;
import dev.temper.infra.stack.RealServers;
import dev.temper.infra.stack.StackServer;
import dev.temper.infra.temporal.QueueWorkers;
import dev.temper.infra.temporal.Queues;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.TemporalServer;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunActivities;
import dev.temper.workflows.RunEnd;
import dev.temper.workflows.RunLinks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands against a real Temporal server; a worker with stages that compute nothing is here. */
@Timeout(180)
class ServerCommandsTest {

  private static final String RECIPE =
      """
      name: small
      seed: 7
      stages:
        base:
          kind: pretrain
          data: {file: pages.jsonl}
          model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
          steps: 3
          learningRate: 1.0e-3
        sft:
          kind: sft
          init: base
          data: {synthetic: kind-notes/demonstrations, rows: 8}
          steps: 3
          learningRate: 1.0e-3
      """;

  @TempDir Path directory;
  private final String run = "run-" + UUID.randomUUID();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private CommandLineFixture temper;

  @BeforeEach
  void start(@RealServer(StackServer.TEMPORAL) RealServers.Handle temporal) throws IOException {
    environment.putAll(temporal.environment());
    temper = new CommandLineFixture(directory);
    temper.write("small.yaml", RECIPE);
    temper.write("pages.jsonl", "{\"text\": \"a page\"}\n");
  }

  @AfterEach
  void end() {
    temper.stages().release();
    temper.run(environment, "cancel", run);
  }

  @Test
  void aRunLeavesWhatAnEmbeddedOneLeavesAndAFinishedOneIsRefused() throws Exception {
    try (Worker worker = new Worker()) {
      Outcome outcome = temper("run", "small.yaml", "--name", run);

      assertThat(outcome.err()).isEmpty();
      assertThat(outcome.code()).isZero();
      assertThat(outcome.lines().subList(0, 4))
          .anyMatch(line -> line.contains(run))
          .anyMatch(line -> line.contains("store"))
          .anyMatch(line -> line.startsWith("Temporal") && line.contains("temper"));
      Path folder = temper.home().resolve("runs").resolve(run);
      assertThat(folder.resolve("report/index.html")).exists();
      assertThat(folder.resolve("stages/sft/metrics.jsonl")).exists();
      assertThat(folder.resolve("stages/sft/curve.csv")).exists();
      assertThat(temper.home().resolve("worker").resolve(run)).exists();
      JsonNode record = new ObjectMapper().readTree(folder.resolve("run.json").toFile());
      assertThat(record.get("status").asText()).isEqualTo("finished");
      assertThat(record.get("stages").get(1).get("content").asText()).hasSize(64);
      assertThat(record.get("stages").get(1).get("attempts").asInt()).isEqualTo(1);

      Outcome refused = temper("run", "small.yaml", "--name", run);
      assertThat(refused.code()).isEqualTo(2);
      assertThat(refused.err()).contains("finished").contains("--again");
      Outcome again = temper("run", "small.yaml", "--name", run, "--again");
      assertThat(again.code()).isZero();
      assertThat(again.out()).contains("2 of them cached");
    }
  }

  @Test
  void theSameCommandAttachesAndAnotherRecipeIsRefused() throws Exception {
    temper.stages().hold(PretrainSpec.class);
    try (Worker worker = new Worker()) {
      Outcome detached = temper("run", "small.yaml", "--name", run, "--detach");
      assertThat(detached.code()).isZero();
      assertThat(detached.out()).contains("goes on without this command");

      Outcome other = temper("run", "small.yaml", "--name", run, "--set", "stages.sft.steps=2");
      assertThat(other.code()).isEqualTo(2);
      assertThat(other.err()).contains("stages.sft.steps: 3 -> 2");

      String elsewhere = directory.resolve("elsewhere").toString();
      Running attached =
          temper.start(environment, "--store", elsewhere, "run", "small.yaml", "--name", run);
      attached.awaitLine("base  started");
      Outcome status = temper("status", run);
      assertThat(status.code()).isZero();
      assertThat(status.out()).contains(run + ": running").contains("sft   pending");
      Running second = temper.start(environment, "run", "small.yaml", "--name", run);
      second.awaitLine("base  started");
      temper.stages().release();

      Outcome outcome = attached.await();
      assertThat(outcome.out()).contains("running already").doesNotContain(elsewhere);
      assertThat(outcome.code()).isZero();
      assertThat(second.await().code()).isZero();
      String store = new Home(temper.home()).run(run).record().orElseThrow().store();
      assertThat(store).isEqualTo(temper.home().resolve("store").toString());
    }
  }

  @Test
  void aRunIsPausedAndGoesOnFromItsCheckpoint() throws Exception {
    temper.stages().hold(PretrainSpec.class);
    try (Worker worker = new Worker()) {
      Running watched = temper.start(environment, "run", "small.yaml", "--name", run);
      watched.awaitLine("base  started");

      assertThat(temper("pause", run).code()).isZero();
      watched.awaitLine("base  paused");
      Outcome twice = temper("pause", run);
      assertThat(twice.code()).isEqualTo(2);
      assertThat(twice.err()).contains("paused already");

      temper.stages().release();
      assertThat(temper("resume", run).code()).isZero();
      Outcome outcome = watched.await();

      assertThat(outcome.code()).isZero();
      assertThat(resumedFromStep("base")).isPositive();
    }
  }

  @Test
  void aCancelledRunIsContinuedByTheSameCommand() throws Exception {
    temper.stages().hold(SftSpec.class);
    try (Worker worker = new Worker()) {
      Running watched = temper.start(environment, "run", "small.yaml", "--name", run);
      watched.awaitLine("sft   started");

      assertThat(temper("cancel", run).code()).isZero();
      Outcome cancelled = watched.await();
      assertThat(cancelled.code()).isEqualTo(4);
      assertThat(cancelled.err()).contains("cancelled");
      assertThat(temper("cancel", run).code()).isEqualTo(2);

      temper.stages().release();
      Outcome continued = temper("run", "small.yaml", "--name", run);
      assertThat(continued.code()).isZero();
      assertThat(continued.out()).contains("base  cached");
      assertThat(resumedFromStep("sft")).isPositive();
    }
  }

  @Test
  void aFailedStageIsRetried() throws Exception {
    temper.stages().fail(SftSpec.class);
    try (Worker worker = new Worker()) {
      Outcome failed = temper("run", "small.yaml", "--name", run);
      assertThat(failed.code()).isEqualTo(4);
      assertThat(failed.err()).contains("loss is NaN");
      temper.stages().heal();
      temper.stages().hold(SftSpec.class);

      assertThat(temper("retry", run, "--stage", "nosuch").code()).isEqualTo(2);
      assertThat(temper("retry", run, "--stage", "sft").code()).isZero();

      // It goes on by itself: this command only watches.
      Running watched = temper.start(environment, "run", "small.yaml", "--name", run);
      watched.awaitLine("running already");
      temper.stages().release();
      assertThat(watched.await().code()).isZero();
    }
  }

  @Test
  void aQueueWithoutAWorkerIsNamedAndAStageIsMovedFromIt() throws Exception {
    temper.write(
        "queued.yaml",
        RECIPE.replace(
            "    init: base\n", "    init: base\n    resources: {queue: nobody-here}\n"));
    temper.stages().hold(PretrainSpec.class);
    try (Worker worker = new Worker()) {
      Running watched = temper.start(environment, "run", "queued.yaml", "--name", run);
      watched.awaitLine("base  started");
      assertThat(temper("move", run, "--stage", "sft", "--queue", "nor-here").code()).isZero();
      temper.stages().release();

      watched.awaitLine("no worker polls the queue 'nor-here'");
      assertThat(temper("status", run).out())
          .contains("sft   no worker polls the queue 'nor-here'")
          .contains("temper worker --queue nor-here  attempt 1");
      assertThat(temper("pause", run).code()).isZero();
      watched.awaitLine("sft   paused");
      assertThat(temper("move", run, "--stage", "sft", "--queue", Queues.CPU).code()).isZero();
      assertThat(temper("resume", run).code()).isZero();

      assertThat(watched.await().code()).isZero();
    }
  }

  @Test
  void anotherHomeSeesARunThatOnlyTheServerKnows() throws Exception {
    temper.stages().hold(PretrainSpec.class);
    try (Worker worker = new Worker();
        FakeMlflow mlflow = FakeMlflow.start()) {
      Map<String, String> tracked = new LinkedHashMap<>(environment);
      tracked.put("MLFLOW_TRACKING_URI", mlflow.uri());
      assertThat(temper.run(tracked, "run", "small.yaml", "--name", run, "--detach").code())
          .isZero();

      assertThat(awaitStatus("base  step ").out())
          .contains(run + ": running", "attempt 1", "sft   pending")
          .contains("Temporal   ", "MLflow     http://mlflow.example/#/1");

      assertThat(temper("pause", run).code()).isZero();
      assertThat(awaitStatus("base  paused").out())
          .contains(run + ": paused", "temper resume " + run);
      assertThat(listed("--home", "other"))
          .contains("paused", "0/2 stages", "recipe small", "not in this home");
      assertThat(listed()).contains("paused", "0/2 stages").doesNotContain("home", "last");

      assertThat(temper("resume", run).code()).isZero();
      assertThat(awaitStatus("attempt 2").out()).contains(run + ": running");
      temper.stages().release();
      assertThat(awaitStatus(run + ": finished").out()).contains("sft   finished");
      assertThat(listed()).contains("finished", "2/2 stages");
      Outcome unknown = temper("status", run + "x", "--home", "other");
      assertThat(unknown.code()).isEqualTo(2);
      assertThat(unknown.err()).contains("the Temporal server", "does not know it");
    }
  }

  @Test
  void aStageThatIsTriedAgainSaysWhyAndWhen() throws Exception {
    temper.write(
        "slow.yaml",
        RECIPE.replace(
            "    init: base\n",
            "    init: base\n    retry: {initialSeconds: 600, maximumSeconds: 600}\n"));
    temper.stages().stumble(SftSpec.class, "cannot reach http://me:hunter2@host/x");
    try (Worker worker = new Worker()) {
      assertThat(temper("run", "slow.yaml", "--name", run, "--detach").code()).isZero();

      String status = awaitStatus("next try in").out();

      assertThat(status)
          .contains("attempt 2  the one before ended: ", "cannot reach http://host/x")
          .doesNotContain("hunter2");
    }
  }

  @Test
  void aStoreThatCannotBeWrittenLeavesNoRun() throws Exception {
    temper.write("occupied", "a file");

    Outcome outcome = temper("run", "small.yaml", "--name", run, "--store", "occupied");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(temper.home().resolve("runs")).doesNotExist();
  }

  @Test
  void aServerThatIsAwayIsWaitedFor(
      @RealServer(value = StackServer.TEMPORAL, own = true) RealServers.Handle own)
      throws Exception {
    environment.putAll(own.environment());
    temper.stages().hold(PretrainSpec.class);
    try (Worker worker = new Worker()) {
      Running watched = temper.start(environment, "run", "small.yaml", "--name", run);
      watched.awaitLine("base  started");

      own.kill();
      watched.awaitLine("does not answer");
      own.restart();
      watched.awaitLine("is back");
      temper.stages().release();

      assertThat(watched.await().code()).isZero();
    }
  }

  @Test
  void whatTheServerLacksIsSaidAndNothingIsStarted() {
    Map<String, String> wrong = new LinkedHashMap<>(environment);
    wrong.put("TEMPORAL_NAMESPACE", "nosuch");

    Outcome outcome = temper.run(wrong, "run", "small.yaml", "--name", run);

    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.err()).contains("no namespace 'nosuch'").contains("namespace create");
    assertThat(temper.home()).doesNotExist();
    assertThat(temper.run(wrong, "worker").code()).isEqualTo(6);
  }

  /** From a home that has never heard of the run. */
  private Outcome awaitStatus(String part) throws InterruptedException {
    for (int tries = 0; tries < 600; tries++) {
      Outcome status = temper("status", run, "--home", "other");
      assertThat(status.code()).as(status.err()).isZero();
      if (status.out().contains(part)) {
        return status;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("no '%s' in:%n%s".formatted(part, temper("status", run).out()));
  }

  /** Its line in the list of runs. */
  private String listed(String... options) {
    List<String> arguments = new ArrayList<>(List.of("list"));
    arguments.addAll(List.of(options));
    Outcome list = temper(arguments.toArray(new String[0]));
    assertThat(list.err()).isEmpty();
    return list.lines().stream().filter(line -> line.startsWith(run)).findFirst().orElse("");
  }

  /** As run.json has it: a stage can go on and end between two looks. */
  private long resumedFromStep(String stage) throws IOException {
    return new Home(temper.home())
        .run(run)
        .record()
        .orElseThrow()
        .stage(stage)
        .orElseThrow()
        .resumedFromStep();
  }

  private Outcome temper(String... arguments) {
    return temper.run(environment, arguments);
  }

  /** A worker on both queues, in this process. */
  private final class Worker implements AutoCloseable {
    private final TemporalServer server;
    private final StageWork work;
    private final QueueWorkers queues;

    Worker() throws IOException {
      String location = temper.home().resolve("store").toString();
      ArtifactStore store = new FolderArtifactStore(Path.of(location));
      server =
          TemporalServer.connect(ServerAddress.of(environment).orElseThrow(), Wiring.payloads());
      work =
          temper
              .wiring()
              .work(
                  store,
                  location,
                  new WorkTracker(new Home(temper.home()), line -> {}),
                  (ofRun, file) -> store.data(file.sha256()),
                  server.place());
      queues =
          QueueWorkers.start(
              server.client(),
              Map.of(Queues.CONTROL, 1, Queues.CPU, 2),
              work.stages(),
              new NobodyFollows());
    }

    @Override
    public void close() throws IOException {
      queues.close();
      work.close();
      server.close();
    }
  }

  private record NobodyFollows() implements RunActivities {
    @Override
    public RunLinks begin(RecipeRun asked) {
      return new RunLinks(Map.of("mlflow.url", "http://mlflow.example/#/1"));
    }

    @Override
    public void end(RunEnd end) {}
  }
}
