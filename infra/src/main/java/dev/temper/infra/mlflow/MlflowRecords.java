package dev.temper.infra.mlflow;

import dev.temper.activities.RefusedRecordException;
import dev.temper.activities.RunRecords;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageKinds;
import dev.temper.recipes.yaml.YamlWriter;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunEnd;
import dev.temper.workflows.RunLinks;
import dev.temper.workflows.RunSettings;
import dev.temper.workflows.StageState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.mlflow.api.proto.Service.Run;

/** Makes the MLflow runs of recipes on a Temporal server, and says how they ended. */
final class MlflowRecords implements RunRecords {

  private final MlflowTransport transport;
  private final Home home;
  private final InstantSource clock;

  /**
   * Sends from a home.
   *
   * @param home of the worker, for what is attached
   */
  MlflowRecords(MlflowTransport transport, Home home, InstantSource clock) {
    this.transport = transport;
    this.home = home;
    this.clock = clock;
  }

  @Override
  public RunLinks begin(RecipeRun run) throws IOException {
    try {
      return begun(run);
    } catch (MlflowFailure e) {
      throw refused(e);
    }
  }

  private RunLinks begun(RecipeRun run) throws IOException {
    RunRecord record =
        record(run.run(), run.recipe(), run.settings(), RunStatus.RUNNING, stage -> pending(stage));
    Run made = sender(record, run.recipe()).recipe(record);
    return new RunLinks(
        Map.of(
            RunLinks.MLFLOW_RUN,
            made.getInfo().getRunId(),
            "mlflow.url",
            Mlflow.page(transport.server(), made)));
  }

  @Override
  public void end(RunEnd end) throws IOException {
    try {
      ended(end);
    } catch (MlflowFailure e) {
      throw refused(e);
    }
  }

  private static RuntimeException refused(MlflowFailure failure) {
    return failure.isForGood()
        ? new RefusedRecordException(failure.getMessage(), failure)
        : failure;
  }

  private void ended(RunEnd end) throws IOException {
    RunRecord record =
        record(
                end.run(),
                end.recipe(),
                end.settings(),
                RunStatus.RUNNING,
                stage -> ended(stage, end.stages().get(stage.name())))
            .ended(RunStatus.parse(end.status()), clock.instant().toString(), Optional.empty());
    Path recipe = home.work(end.run()).resolve("recipe.yaml");
    Files.createDirectories(recipe.getParent());
    Files.writeString(recipe, YamlWriter.write(end.recipe()));
    RunSender sender = sender(record, end.recipe());
    sender.recipe(record);
    sender.unfinished(record);
  }

  private RunSender sender(RunRecord record, Recipe recipe) {
    return new RunSender(
        transport,
        new TrackedRun(
            record.run(), recipe, record.recipeHash(), Optional.empty(), home.work(record.run())),
        moment -> {});
  }

  private RunRecord record(
      String run,
      Recipe recipe,
      RunSettings settings,
      RunStatus status,
      Function<Stage, StageRecord> stages) {
    return new RunRecord(
        run,
        recipe.name(),
        new PinnedRecipe(recipe, home.work(run)).hash(),
        status,
        settings.store(),
        clock.instant().toString(),
        Optional.empty(),
        Optional.empty(),
        recipe.stages().stream().map(stages).toList());
  }

  private static StageRecord pending(Stage stage) {
    return StageRecord.pending(
        stage.name(),
        StageKinds.of(stage.spec()),
        StageInputs.of(stage.spec()).stream().map(input -> input.text()).toList());
  }

  private static StageRecord ended(Stage stage, StageState state) {
    StageRecord pending = pending(stage);
    if (state == null) {
      return pending;
    }
    return pending.with(
        RunStatus.valueOf(state.status().name()),
        state.failure().map(problem -> problem.type() + ": " + problem.message()).orElse(""));
  }
}
