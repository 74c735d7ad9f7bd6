package dev.temper.infra.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.Wiring;
import dev.temper.infra.data.FetchedData;
import dev.temper.infra.mlflow.FakeMlflow;
import dev.temper.infra.mlflow.Mlflow;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunFolder;
import dev.temper.recipes.yaml.RecipeReader;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  @Test
  void aRunThatGoesOnOnAServerIsSentToWhatItHasThereAndStillRuns() throws Exception {
    try (FakeMlflow server = FakeMlflow.start()) {
      Map<String, String> environment = Map.of("MLFLOW_TRACKING_URI", server.uri());
      PinnedRecipe pinned =
          PinnedRecipe.of(
              Wiring.recipes()
                  .read(
                      new RecipeReader.Source(
                          "small.yaml", Files.readString(directory.resolve("small.yaml"))),
                      List.of(),
                      List.of()),
              directory,
              new FetchedData(directory, Map.of()));
      Home home = new Home(cli.home());
      RunFolder folder = home.run("quickstart");
      folder.writeRecipe(pinned.yaml());
      folder.write(StartingRecord.of(Optional.empty(), folder, pinned, "s3://a/b").on("there/x"));
      String page =
          Mlflow.of(environment)
              .orElseThrow()
              .records(home)
              .begin(
                  new RecipeRun(
                      "quickstart",
                      pinned.recipe(),
                      new RunSettings("s3://a/b", "cpu", false, true),
                      Map.of()))
              .links()
              .get("mlflow.url");
      CommandLineFixture.Outcome sync = cli.run(environment, "sync", "quickstart");
      assertThat(sync.code()).as(sync.err()).isZero();
      assertThat(sync.out()).contains(page);
      assertThat(server.calls().stream().filter(call -> call.contains("runs/create"))).hasSize(1);
      assertThat(server.statuses()).containsExactly("RUNNING");
    }
  }
}
