package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.mlflow.FakeMlflow;
import dev.temper.infra.s3.S3ProxyServer;
import dev.temper.infra.stack.Identity;
import dev.temper.infra.stack.RealServer;
import dev.temper.infra.stack.RealServers;
import dev.temper.infra.stack.Relay;
import dev.temper.infra.stack.StackServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers behind TLS whose authorities only the environment names. */
@Timeout(120)
class EncryptedServersTest {

  @TempDir static Path keys;
  private static Identity server;
  private static Identity client;

  @TempDir Path directory;
  private CommandLineFixture temper;

  @BeforeAll
  static void makeKeys() throws Exception {
    server = Identity.make(keys, "server");
    client = Identity.make(keys, "client");
  }

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
            steps: 3
            learningRate: 1.0e-3
        """);
  }

  @Test
  void aTemporalServerBelievesAClientAndIsBelievedByItsOwnAuthorityAlone(
      @RealServer(StackServer.TEMPORAL) RealServers.Handle temporal) throws Exception {
    String plain = temporal.environment().get("TEMPORAL_ADDRESS");
    try (Relay relay = Relay.encrypted(plain, server.trusting(client), true, "h2")) {
      Map<String, String> mutual = new LinkedHashMap<>(temporal.environment());
      mutual.put("TEMPORAL_ADDRESS", relay.address());
      mutual.put("TEMPORAL_TLS_SERVER_CA_CERT_PATH", server.certificate().toString());
      mutual.put("TEMPORAL_TLS_CLIENT_CERT_PATH", client.certificate().toString());
      mutual.put("TEMPORAL_TLS_CLIENT_KEY_PATH", client.key().toString());

      Outcome known = temper.run(mutual, "cancel", "nosuch");
      assertThat(known.code()).as(known.err()).isEqualTo(2);
      assertThat(known.err()).contains("knows no run 'nosuch'");

      refused(
          mutual,
          Map.of("TEMPORAL_TLS_SERVER_CA_CERT_PATH", client.certificate().toString()),
          "with TLS, with a client certificate",
          "TEMPORAL_TLS_SERVER_CA_CERT_PATH");
      refused(
          mutual,
          Map.of("TEMPORAL_TLS_CLIENT_CERT_PATH", "", "TEMPORAL_TLS_CLIENT_KEY_PATH", ""),
          "with TLS, without credentials",
          "TEMPORAL_TLS_CLIENT_CERT_PATH");
      refused(
          mutual,
          Map.of(
              "TEMPORAL_TLS_CLIENT_CERT_PATH", "",
              "TEMPORAL_TLS_CLIENT_KEY_PATH", "",
              "TEMPORAL_TLS_SERVER_CA_CERT_PATH", ""),
          "without TLS, without credentials",
          "TEMPORAL_TLS");
    }
  }

  @Test
  void aStoreIsBelievedByItsOwnAuthorityAlone() throws Exception {
    Path data = Files.createDirectory(directory.resolve("s3"));
    try (S3ProxyServer s3 = S3ProxyServer.start(data);
        Relay relay =
            Relay.encrypted(
                s3.address().getAuthority(), server.trusting(client), false, "http/1.1")) {
      s3.makeBucket("models");
      Map<String, String> right = new LinkedHashMap<>(s3.environment());
      right.put("AWS_ENDPOINT_URL_S3", "https://" + relay.address());
      right.put("AWS_CA_BUNDLE", server.certificate().toString());
      right.put("TEMPER_STORE", "s3://models/team");

      noAuthorities(right, "AWS_CA_BUNDLE");
      Map<String, String> wrong = Map.of("AWS_CA_BUNDLE", client.certificate().toString());
      refused(right, wrong, "s3://models/team cannot be used", "AWS_CA_BUNDLE");
      refused(right, Map.of("AWS_CA_BUNDLE", ""), "certif", "AWS_CA_BUNDLE");

      Outcome outcome = temper.run(right, "run", "small.yaml");
      assertThat(outcome.code()).as(outcome.err()).isZero();
    }
  }

  @Test
  void anMlflowServerIsBelievedByItsOwnAuthorityAlone() throws Exception {
    String name = "MLFLOW_TRACKING_SERVER_CERT_PATH";
    try (FakeMlflow mlflow = FakeMlflow.start();
        Relay relay =
            Relay.encrypted(
                mlflow.uri().replaceFirst("http://", ""),
                server.trusting(client),
                false,
                "http/1.1")) {
      Map<String, String> right = new LinkedHashMap<>();
      right.put("MLFLOW_TRACKING_URI", "https://" + relay.address());
      right.put(name, server.certificate().toString());

      noAuthorities(right, name);
      refused(right, Map.of(name, client.certificate().toString()), relay.address(), name);
      refused(right, Map.of(name, ""), relay.address(), name);

      Outcome outcome = temper.run(right, "run", "small.yaml");
      assertThat(outcome.code()).as(outcome.err()).isZero();
      assertThat(mlflow.files().keySet()).anyMatch(path -> path.endsWith("index.html"));
    }
  }

  /** A file that is not there, or that holds no certificate, is a mistake of the environment. */
  private void noAuthorities(Map<String, String> right, String variable) throws IOException {
    for (Path file : List.of(directory.resolve("missing.pem"), temper.write("empty.pem", "\n"))) {
      Map<String, String> wrong = new LinkedHashMap<>(right);
      wrong.put(variable, file.toString());

      Outcome outcome = temper.run(wrong, "run", "small.yaml");

      assertThat(outcome.code()).as(outcome.err()).isEqualTo(2);
      assertThat(outcome.err())
          .contains(variable + " must be a PEM file")
          .contains(file.toString());
    }
  }

  /** Another environment ends with exit 6, within the deadlines, and what to look at is named. */
  private void refused(
      Map<String, String> right, Map<String, String> change, String said, String variable) {
    Map<String, String> wrong = new LinkedHashMap<>(right);
    wrong.putAll(change);
    wrong.values().removeIf(String::isEmpty);
    Outcome outcome = temper.run(wrong, "run", "small.yaml");

    assertThat(outcome.code()).as(outcome.out() + outcome.err()).isEqualTo(6);
    assertThat(outcome.err()).contains(said).contains(variable);
    assertThat(temper.home().resolve("runs/small/run.json")).doesNotExist();
  }
}
