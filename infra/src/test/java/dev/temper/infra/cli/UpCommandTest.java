package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.cli.CommandLineFixture.Outcome;
import dev.temper.infra.stack.FakePrograms;
import dev.temper.infra.stack.StackServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands up and down, on programs that only look like servers. */
class UpCommandTest {

  @TempDir Path directory;
  private CommandLineFixture temper;
  private FakePrograms programs;

  @BeforeEach
  void prepare() {
    temper = new CommandLineFixture(directory);
    programs = new FakePrograms(directory.resolve("servers"));
  }

  @AfterEach
  void stop() {
    run("down");
  }

  private Outcome run(String... arguments) {
    return temper.run(programs.environment(), arguments);
  }

  private static String freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Integer.toString(socket.getLocalPort());
    }
  }

  @Test
  void upPrintsTheLinksAndASecondOneThatItIsUp() throws IOException {
    programs.serving(StackServer.MLFLOW);
    programs.serving(StackServer.TEMPORAL);
    String port = freePort();
    String[] up = {
      "up",
      "--only",
      "temporal,mlflow",
      "--mlflow-port",
      port,
      "--temporal-port",
      freePort(),
      "--temporal-ui-port",
      freePort()
    };

    Outcome first = run(up);
    assertThat(first.code()).isZero();
    assertThat(first.out())
        .contains("Temporal ", "MLflow ", "http://127.0.0.1:" + port, "up in ")
        .doesNotContain("S3 ");

    assertThat(run(up).out()).contains("is up");

    Outcome down = run("down");
    assertThat(down.code()).isZero();
    assertThat(down.out()).contains("Temporal  stopped", "MLflow    stopped");
    assertThat(run("down").out()).contains("nothing of it runs");
  }

  @Test
  void jsonHasOneObjectPerServerAndNoKeys() throws IOException {
    programs.serving(StackServer.S3);

    Outcome outcome =
        run("up", "--only", "s3", "--json", "--s3-port", freePort(), "--s3-ui-port", freePort());

    assertThat(outcome.lines()).singleElement().asString().contains("\"server\":\"s3\"");
    assertThat(outcome.out() + outcome.err()).doesNotContain("temper-").doesNotContain("secret");
  }

  @Test
  void aMissingProgramIsExitThree() {
    Outcome outcome = run("up");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err())
        .contains("cannot find temporal, mlflow, minio")
        .contains("infra/servers/install.sh temporal mlflow minio");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void aServerThatDiesIsExitThreeWithItsLastWords() throws IOException {
    programs.dying(StackServer.MLFLOW, "database is of a later version");

    Outcome outcome = run("up", "--only", "mlflow");

    assertThat(outcome.code()).isEqualTo(3);
    assertThat(outcome.err()).contains("database is of a later version");
  }

  @ParameterizedTest
  @CsvSource({"--only,tempral,tempral", "--mlflow-port,0,0", "--s3-port,70000,70000"})
  void wrongOptionsAreWrongUsage(String option, String value, String said) {
    Outcome outcome = run("up", option, value);

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).contains(option).contains(said);
  }
}
