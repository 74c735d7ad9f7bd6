package dev.temper.infra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.cli.Main;
import dev.temper.infra.stack.RealServer;
import dev.temper.infra.stack.RealServers;
import dev.temper.infra.stack.StackServer;
import dev.temper.infra.temporal.PendingStage;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.RunSight;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.TemporalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers in processes of their own: one that is told to end hands its stage to the next. */
@Timeout(300)
class WorkerHandOverTest {

  @TempDir Path folder;
  private final String run = "handover-" + UUID.randomUUID();
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void aWorkerThatIsToldToEndHandsItsStageToTheNext(
      @RealServer(StackServer.TEMPORAL) RealServers.Handle temporal) throws Exception {
    Map<String, String> environment = temporal.environment();
    Process first = temper(environment, "first", "worker", "--slots", "1");
    Process start =
        temper(environment, "start", "run", recipe().toString(), "--name", run, "--detach");
    assertThat(start.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(start.exitValue()).as(output("start")).isZero();

    try (TemporalServer server =
        TemporalServer.connect(ServerAddress.of(environment).orElseThrow(), Wiring.payloads())) {
      RemoteRun remote = new RemoteRun(server.client(), run);
      await(remote, stage -> stage.progress().filter(seen -> seen.step() > 3).isPresent());

      first.destroy();
      assertThat(first.waitFor(120, TimeUnit.SECONDS)).isTrue();

      assertThat(output("first"))
          .contains("is ready")
          .contains("told to end")
          .contains("handed over");
      assertThat(first.exitValue()).isZero();
      Process second = temper(environment, "second", "worker", "--slots", "1");
      await(
          remote,
          stage ->
              stage.attempt() > 1
                  && stage
                      .progress()
                      .filter(seen -> seen.attempt() == stage.attempt() && seen.totalSteps() > 0)
                      .filter(seen -> seen.resumedFromStep() > 3)
                      .isPresent());
      second.destroy();
      assertThat(second.waitFor(120, TimeUnit.SECONDS)).isTrue();
      server.client().newUntypedWorkflowStub(remote.workflowId()).terminate("the test is over");
    }
  }

  private void await(RemoteRun remote, Predicate<PendingStage> hoped) throws Exception {
    for (int tries = 0; tries < 1200; tries++) {
      RunSight sight = remote.look();
      PendingStage stage = sight.pending().get("base");
      if (stage != null && hoped.test(stage)) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(100);
    }
    throw new AssertionError(
        "never seen; workers said:%n%s%n%s".formatted(output("first"), output("second")));
  }

  private Path recipe() throws IOException {
    return Files.writeString(
        folder.resolve("long.yaml"),
        """
        name: long
        stages:
          base:
            kind: pretrain
            data: {synthetic: kind-notes/pretraining, rows: 200}
            model: {architecture: llama, width: 32, layers: 1, heads: 4, feedForward: 64}
            steps: 1000000
            batchRows: 4
            rowTokens: 32
            learningRate: 1.0e-3
        """);
  }

  private Process temper(Map<String, String> environment, String name, String... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx600m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--home", folder.resolve("home").toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".txt").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private String output(String name) throws IOException {
    Path file = folder.resolve(name + ".txt");
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
