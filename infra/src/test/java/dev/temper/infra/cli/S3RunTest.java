package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.s3.S3ProxyServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3RunTest {

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
  private S3ProxyServer server;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void start() throws Exception {
    server = S3ProxyServer.start(Files.createDirectory(directory.resolve("server")));
    server.makeBucket("models");
    environment.putAll(server.environment());
    environment.put("TEMPER_STORE", "s3://models/team");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void anotherMachineFindsWhatWasMade() throws IOException {
    CommandLineFixture one = machine("one");
    Outcome first = one.run(environment, "run", "small.yaml");
    assertThat(first.err()).isEmpty();
    assertThat(first.code()).isZero();
    assertThat(first.out()).contains("s3://models/team");
    assertThat(one.home().resolve("store")).doesNotExist();

    CommandLineFixture other = machine("other");
    assertThat(other.run(environment, "run", "small.yaml", "--name", "again").out())
        .contains("2/2 stages, 2 of them cached");

    // That of another machine is not forgotten by its name alone.
    assertThat(other.run(environment, "gc", "--older-than", "0s", "--forget", "small").err())
        .contains("small@");
    assertThat(one.run(environment, "gc", "--older-than", "0s", "--forget", "small").out())
        .contains("deleted 0 of 0");
    assertThat(other.run(environment, "gc", "--older-than", "0s", "--forget", "again").out())
        .contains("deleted 2 of 2");
  }

  @Test
  void aServerThatIsNotThereEndsWithItsOwnCodeAndStartsNothing() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      environment.put("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:" + free.getLocalPort());
    }
    CommandLineFixture temper = machine("one");
    Outcome outcome = temper.run(environment, "run", "small.yaml");
    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.err()).contains("store s3://models/team cannot be used");
    assertThat(temper.home().resolve("runs/small/run.json")).doesNotExist();
  }

  @Test
  void aMissingBucketIsNamed() throws IOException {
    environment.put("TEMPER_STORE", "s3://nowhere/team");
    Outcome outcome = machine("one").run(environment, "run", "small.yaml");
    assertThat(outcome.code()).isEqualTo(6);
    assertThat(outcome.err()).contains("make the bucket nowhere first");
  }

  private CommandLineFixture machine(String name) throws IOException {
    CommandLineFixture machine =
        new CommandLineFixture(Files.createDirectories(directory.resolve(name)));
    machine.write("small.yaml", RECIPE);
    return machine;
  }
}
