package dev.temper.infra.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.activities.RefusedRecordException;
import dev.temper.activities.RunRecords;
import dev.temper.activities.StageFailpoints;
import dev.temper.infra.run.Home;
import dev.temper.recipes.Stage;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunEnd;
import dev.temper.workflows.RunLinks;
import dev.temper.workflows.RunSettings;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import dev.temper.workflows.StageState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mlflow.api.proto.Service.Run;

/** A run on a Temporal server: begun and ended by one worker, computed by another. */
class MlflowWorkTest {

  private static final RunSettings SETTINGS =
      new RunSettings("s3://bucket/store", "cpu", false, true);

  @TempDir Path home;

  private static Mlflow mlflow(FakeMlflow server) {
    return new Mlflow(
        MlflowSettings.of(Map.of("MLFLOW_TRACKING_URI", server.uri())).orElseThrow(),
        MlflowTransport.Limits.USUAL,
        new MlflowWriter.Pace(
            Duration.ofMillis(1), new Backoff(Duration.ofMillis(1), Duration.ofMillis(5))));
  }

  @Test
  void aStageThatBeganBeforeItsRunWasToldOfIsSentOnceItIs() throws Exception {
    try (FakeMlflow server = FakeMlflow.start()) {
      Mlflow mlflow = mlflow(server);
      SomeRun run = new SomeRun(home, "remote");
      RunRecords records = mlflow.records(new Home(home));
      Stage base = run.recipe().stages().get(0);
      Map<String, StageState> stages = new LinkedHashMap<>();
      RunLinks links;
      try (MlflowWork work =
          mlflow.work(
              new SilentTracker(run.folder()),
              run.folder().path().getParent(),
              SETTINGS.store(),
              StageFailpoints.NONE)) {
        work.requested(new StageRequest("remote", base, Map.of()));
        run.started("base", 1, 0);
        work.started("remote", "base", SilentTracker.PROGRESS);
        links = records.begin(new RecipeRun("remote", run.recipe(), SETTINGS, Map.of()));
        run.steps("base", 1, 1, 10);
        work.committed("remote", "base", 10);
        run.finished("base", 10);
        StageResult result =
            new StageResult(
                "base",
                "pretrain",
                "key",
                "content",
                false,
                1,
                0,
                10,
                1,
                Map.of(),
                Map.of(),
                List.of());
        work.finished("remote", result);
        assertThat(work.end(Duration.ofMinutes(1))).isEmpty();
        stages.put(
            "base",
            new StageState(StageState.Status.FINISHED, Optional.of(result), Optional.empty()));
      }
      records.end(new RunEnd("remote", run.recipe(), SETTINGS, stages, "finished"));

      MlflowContents contents = new MlflowContents(server.uri(), Map.of());
      Run recipe = contents.run("remote", "");
      Run stage = contents.run("remote", "base");
      assertThat(links.links()).containsEntry(RunLinks.MLFLOW_RUN, recipe.getInfo().getRunId());
      assertThat(recipe.getInfo().getStatus().name()).isEqualTo("FINISHED");
      assertThat(stage.getInfo().getStatus().name()).isEqualTo("FINISHED");
      assertThat(contents.history(stage, "train/loss"))
          .extracting(MlflowContents.Point::step)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 10).boxed().toList());
      assertThat(MlflowContents.tags(stage))
          .containsEntry("temper.location", "s3://bucket/store/artifacts/key/MANIFEST.json");
      assertThat(MlflowContents.params(recipe)).containsKey("base/learningRate");
    }
  }

  @Test
  void aRunWithTheNameOfAPathIsRefusedAndNothingIsWritten() throws Exception {
    try (FakeMlflow server = FakeMlflow.start()) {
      Path elsewhere = Files.createDirectories(home.resolve("elsewhere"));
      RunRecords records = mlflow(server).records(new Home(home.resolve("home")));
      for (String name : List.of("../../elsewhere", elsewhere.toString())) {
        SomeRun run = new SomeRun(home, "named");
        assertThatThrownBy(
                () -> records.begin(new RecipeRun(name, run.recipe(), SETTINGS, Map.of())))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(name);
        assertThatThrownBy(
                () -> records.end(new RunEnd(name, run.recipe(), SETTINGS, Map.of(), "finished")))
            .isInstanceOf(IllegalArgumentException.class);
      }
      assertThat(elsewhere).isEmptyDirectory();
      assertThat(server.calls()).isEmpty();
    }
  }

  @Test
  void onlyWhatTheServerWillRefuseAgainIsARefusal() throws Exception {
    try (FakeMlflow server = FakeMlflow.start()) {
      RunRecords records = mlflow(server).records(new Home(home));
      RecipeRun run =
          new RecipeRun("remote", new SomeRun(home, "remote").recipe(), SETTINGS, Map.of());
      server.fail((path, body) -> FakeMlflow.Fault.UNAVAILABLE);
      assertThatThrownBy(() -> records.begin(run)).isInstanceOf(MlflowFailure.class);
      server.fail((path, body) -> FakeMlflow.Fault.NONE);
      server.require("Bearer other");
      assertThatThrownBy(() -> records.begin(run)).isInstanceOf(RefusedRecordException.class);
    }
  }
}
