package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.Wiring;
import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.temporal.GuardedFrontend;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.TemporalServer;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A Temporal server that does not let us in: said by our own deadlines, and the key never is. */
@Timeout(60)
class WrongKeyTest {

  private static final String RIGHT = "r1ght-k3y";
  private static final String WRONG = "wr0ng-k3y";

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeEach
  void start() throws IOException {
    temper = new CommandLineFixture(directory);
    temper.write(
        "small.yaml",
        """
        name: small
        stages:
          base:
            kind: pretrain
            data: {synthetic: kind-notes/pretraining, rows: 8}
            model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
            steps: 1
            learningRate: 1.0e-3
        """);
  }

  @Test
  void aKeyThatIsRefusedEndsEveryCommandWithoutBeingRepeated() throws Exception {
    for (Status.Code refusal :
        List.of(Status.Code.UNAUTHENTICATED, Status.Code.PERMISSION_DENIED)) {
      try (GuardedFrontend server = GuardedFrontend.start(RIGHT, refusal)) {
        Map<String, String> wrong = environment(server, "TEMPORAL_API_KEY", WRONG);
        refused(wrong, server.target(), refusal, "with an API key", "run", "small.yaml");
        refused(wrong, server.target(), refusal, "with an API key", "worker", "--verbose");
        refused(wrong, server.target(), refusal, "with an API key", "cancel", "small");
      }
    }
    assertThat(temper.home().resolve("runs")).doesNotExist();
  }

  @Test
  void aKeyInAHeaderOfOnesOwnIsNotRepeatedEither() throws Exception {
    try (GuardedFrontend server = GuardedFrontend.start(RIGHT, Status.Code.UNAUTHENTICATED)) {
      refused(
          environment(server, "TEMPORAL_GRPC_META_AUTHORIZATION", "Bearer " + WRONG),
          server.target(),
          Status.Code.UNAUTHENTICATED,
          "with the header 'authorization'",
          "run",
          "small.yaml");
    }
  }

  @Test
  void theRightKeyOpens() throws Exception {
    try (GuardedFrontend server = GuardedFrontend.start(RIGHT, Status.Code.UNAUTHENTICATED)) {
      for (Map<String, String> right :
          List.of(
              environment(server, "TEMPORAL_API_KEY", RIGHT),
              environment(server, "TEMPORAL_GRPC_META_AUTHORIZATION", "Bearer " + RIGHT))) {
        try (TemporalServer open =
            TemporalServer.connect(ServerAddress.of(right).orElseThrow(), Wiring.payloads())) {
          assertThat(open.version()).isEqualTo("1.29.1");
        }
      }
    }
  }

  private void refused(
      Map<String, String> environment,
      String target,
      Status.Code refusal,
      String credentials,
      String... command) {
    Outcome outcome = temper.run(environment, command);

    assertThat(outcome.code()).as(outcome.err()).isEqualTo(6);
    assertThat(outcome.err())
        .contains("refuses these credentials")
        .contains(target)
        .contains("namespace training")
        .contains("without TLS")
        .contains(credentials)
        .contains(refusal.name())
        .contains("not let in with");
    assertThat(outcome.out() + outcome.err()).doesNotContain(WRONG);
  }

  private Map<String, String> environment(GuardedFrontend server, String name, String value) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("TEMPORAL_CONFIG_FILE", directory.resolve("missing.toml").toString());
    environment.put("TEMPORAL_ADDRESS", server.target());
    environment.put("TEMPORAL_NAMESPACE", "training");
    environment.put("TEMPORAL_TLS", "false"); // a key alone would turn it on
    environment.put(name, value);
    return environment;
  }
}
