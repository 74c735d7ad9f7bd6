package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.Wiring;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.cli.CommandLineFixture.Running;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.StageRecord;
import dev.temper.infra.stack.RealServer;
import dev.temper.infra.stack.RealServers;
import dev.temper.infra.stack.StackServer;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.RunSight;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.TemporalServer;
import dev.temper.workflows.StageState;
import io.temporal.api.workflow.v1.PendingActivityInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Forks of a run that goes on, and operations on it while its workers are killed with SIGKILL. */
@Timeout(300)
class DyingWorkersTest {

  private static final String RECIPE =
      """
      name: live
      seed: 7
      stages:
        base:
          kind: pretrain
          data: {synthetic: kind-notes/pretraining, rows: 8}
          model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
          steps: 3
          learningRate: 1.0e-3
        rl:
          kind: rl
          init: base
          verifiers: [{name: exact-match, weight: 1.0}]
          prompts: {synthetic: backward/prompts, rows: 16}
          kl: {in: none}
          steps: 4
          promptsPerStep: 2
          completionsPerPrompt: 2
          snapshotEverySteps: 2
          learningRate: 1.0e-3
        tail:
          kind: sft
          init: rl
          data: {synthetic: kind-notes/demonstrations, rows: 8}
          steps: 3
          learningRate: 1.0e-3
          checkpointEverySteps: 100
          timeouts: {heartbeatSeconds: 3}
          retry: {initialSeconds: 1}
      """;

  @TempDir Path directory;
  private final String run = "live-" + UUID.randomUUID();
  private final String[] fromStage = {
    "run", "--fork", run + "@tail", "--name", run + "-stage", "--set", "stages.tail.steps=2"
  };
  private final String[] fromStep = {
    "run", "--fork", run + "@rl:2", "--name", run + "-step", "--set", "stages.tail.steps=4"
  };
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final Map<Long, Process> workers = new LinkedHashMap<>();
  private CommandLineFixture temper;
  private TemporalServer server;

  @AfterEach
  void end() {
    workers.values().forEach(Process::destroyForcibly);
    if (server != null) {
      for (String name : List.of(run, run + "-stage", run + "-step")) {
        temper.run(environment, "cancel", name);
      }
      server.close();
    }
  }

  @Test
  void whatARunWasAskedForIsDoneThoughItsWorkersDie(
      @RealServer(StackServer.TEMPORAL) RealServers.Handle temporal) throws Exception {
    environment.putAll(temporal.environment());
    temper = new CommandLineFixture(directory);
    temper.write("live.yaml", RECIPE);
    Path held = temper.write("held", "");
    server = TemporalServer.connect(ServerAddress.of(environment).orElseThrow(), Wiring.payloads());
    worker();
    worker(); // one more than needed: those that come for the dead take seconds to start
    done("run", "live.yaml", "--name", run, "--detach");
    await(run, this::makesSteps);

    done(detached(fromStage));
    done(detached(fromStep));
    await(run + "-stage", this::makesSteps);
    await(run + "-step", this::makesSteps);

    Process paused = workerOf(run);
    done("pause", run);
    kill(paused); // it was told, and has not heard of it or not done it
    await(run, sight -> status(sight) == StageState.Status.PAUSED);
    await(run + "-step", this::makesSteps);

    kill(workerOf(run + "-step"));
    done("resume", run); // the server does not know yet that nobody is there
    await(run, this::makesSteps);

    Process retried = workerOf(run);
    done("retry", run, "--stage", "tail");
    kill(retried);
    // What the server knows of the dead one looks alive for a while.
    await(run, sight -> !List.of(-1L, retried.pid()).contains(workerIdOf(run)));
    await(run, sight -> makesSteps(sight) && resumedFrom(sight) > 0);

    Process cancelled = workerOf(run);
    done("cancel", run);
    kill(cancelled);
    await(run, sight -> !sight.isRunning());
    Running stageFork = temper.start(environment, fromStage);
    Running stepFork = temper.start(environment, fromStep);
    stageFork.awaitLine("running already");
    stepFork.awaitLine("running already");
    Files.delete(held);

    assertThat(stageFork.await().code()).isZero();
    assertThat(stepFork.await().code()).isZero();
    done("run", "live.yaml", "--name", run);
    assertThat(stage(run, "rl").cached()).isTrue();
    assertThat(stage(run, "tail").resumedFromStep()).isPositive();
    assertThat(stage(run + "-stage", "rl").cached()).isTrue();
    assertThat(stage(run + "-step", "rl-origin").cached()).isTrue();
    assertThat(stage(run + "-step", "rl").cached()).isFalse();
    assertThat(List.of(run, run + "-stage", run + "-step"))
        .extracting(name -> stage(name, "tail").artifact().orElseThrow())
        .doesNotHaveDuplicates();
  }

  private static String[] detached(String[] command) {
    List<String> all = new ArrayList<>(List.of(command));
    all.add("--detach");
    return all.toArray(new String[0]);
  }

  private void done(String... command) {
    Outcome outcome = temper.run(environment, command);
    assertThat(outcome.code()).as(List.of(command) + outcome.out() + outcome.err()).isZero();
  }

  /** The worker that has a run's stage. */
  private Process workerOf(String name) {
    Process worker = workers.get(workerIdOf(name));
    assertThat(worker).as("worker of " + name).isNotNull();
    return worker;
  }

  /** Its process; -1 while nobody has the stage. */
  private long workerIdOf(String name) {
    return server
        .client()
        .newUntypedWorkflowStub(RemoteRun.workflowId(name))
        .describe()
        .getRawDescription()
        .getPendingActivitiesList()
        .stream()
        .map(PendingActivityInfo::getLastWorkerIdentity)
        .filter(identity -> identity.contains("@"))
        .map(identity -> Long.parseLong(identity.replaceFirst("@.*", "")))
        .findFirst()
        .orElse(-1L);
  }

  /** Ends a worker with SIGKILL; another one comes. */
  private void kill(Process worker) throws IOException, InterruptedException {
    worker.destroyForcibly().waitFor();
    worker();
  }

  private void await(String name, Predicate<RunSight> hoped) throws Exception {
    RemoteRun remote = new RemoteRun(server.client(), name);
    RunSight sight = null;
    for (int tries = 0; tries < 600; tries++) {
      sight = remote.look();
      if (hoped.test(sight)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError("never seen of " + name + ", last " + sight + logs());
  }

  private static StageState.Status status(RunSight sight) {
    return sight
        .stages()
        .map(stages -> stages.get("tail").status())
        .orElse(StageState.Status.PENDING);
  }

  /** By an attempt that is alive, after a checkpoint. */
  private boolean makesSteps(RunSight sight) {
    return Optional.ofNullable(sight.pending().get("tail"))
        .filter(pending -> !pending.waiting())
        .filter(
            pending ->
                pending
                    .progress()
                    .filter(seen -> seen.attempt() == pending.attempt())
                    .filter(seen -> seen.committedStep() > seen.resumedFromStep())
                    .isPresent())
        .isPresent();
  }

  private static long resumedFrom(RunSight sight) {
    return sight.pending().get("tail").progress().orElseThrow().resumedFromStep();
  }

  private StageRecord stage(String name, String stage) {
    try {
      return new Home(temper.home()).run(name).record().orElseThrow().stage(stage).orElseThrow();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void worker() throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx400m",
            "-cp",
            System.getProperty("java.class.path"),
            HeldWorker.class.getName(),
            directory.resolve("held").toString(),
            "worker",
            "--slots",
            "4",
            "--home",
            temper.home().toString());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("worker-%d.txt".formatted(workers.size())).toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    workers.put(process.pid(), process);
  }

  private String logs() throws IOException {
    StringBuilder logs = new StringBuilder();
    for (int number = 0; number < workers.size(); number++) {
      logs.append("\nworker ").append(number).append(":\n");
      logs.append(Files.readString(directory.resolve("worker-%d.txt".formatted(number))));
    }
    return logs.toString();
  }
}
