package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.mlflow.FakeMlflow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncCommandTest {

  @TempDir Path directory;
  private CommandLineFixture cli;

  @BeforeEach
  void writeRecipe() throws Exception {
    cli = new CommandLineFixture(directory);
    cli.write("small.yaml", Files.readString(Path.of("..", "recipes", "quickstart.yaml")));
  }

  @Test
  void aRunThatWasMadeOfflineIsSentOnceHoweverOftenItIsAskedFor() throws Exception {
    assertThat(cli.run("run", "small.yaml").code()).isZero();
    try (FakeMlflow server = FakeMlflow.start()) {
      Map<String, String> environment = Map.of("MLFLOW_TRACKING_URI", server.uri());
      CommandLineFixture.Outcome first = cli.run(environment, "sync", "quickstart");
      assertThat(first.code()).as(first.err()).isZero();
      assertThat(first.out()).contains("sent ", "metric lines of run quickstart", server.uri());
      CommandLineFixture.Outcome second = cli.run(environment, "sync", "quickstart");
      assertThat(second.out()).contains("MLflow had every metric line");
      assertThat(server.files().keySet()).anyMatch(path -> path.endsWith("/report/index.html"));
    }
  }

  @Test
  void aRunWithAServerIsSentAsItGoes() throws Exception {
    try (FakeMlflow server = FakeMlflow.start()) {
      Map<String, String> environment = Map.of("MLFLOW_TRACKING_URI", server.uri());
      CommandLineFixture.Outcome run = cli.run(environment, "run", "small.yaml");
      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err()).isEmpty();
      assertThat(run.out()).contains("MLflow at " + server.uri());
      String link = "MLflow     " + server.uri() + "/#/experiments/";
      assertThat(run.out()).contains(link);
      assertThat(cli.run("status", "quickstart").out()).contains(link);
      assertThat(cli.run(environment, "sync", "quickstart").out())
          .contains("MLflow had every metric line");
    }
  }

  @Test
  void aServerThatIsNotThereStopsAFirstStartAndNothingIsWritten() {
    Map<String, String> environment = Map.of("MLFLOW_TRACKING_URI", "http://127.0.0.1:9");
    CommandLineFixture.Outcome run = cli.run(environment, "run", "small.yaml");
    assertThat(run.code()).isEqualTo(6);
    assertThat(run.err()).contains("http://127.0.0.1:9", "MLFLOW_TRACKING_URI");
    assertThat(cli.home().resolve("runs")).doesNotExist();
  }

  @Test
  void syncWithoutAnAddressSaysWhichVariableIsMissing() {
    assertThat(cli.run("run", "small.yaml").code()).isZero();
    CommandLineFixture.Outcome sync = cli.run("sync", "quickstart");
    assertThat(sync.code()).isEqualTo(2);
    assertThat(sync.err()).contains("MLFLOW_TRACKING_URI");
  }
}
