package dev.temper.infra.cli;

import dev.temper.infra.Wiring;
import dev.temper.infra.mlflow.Mlflow;
import dev.temper.infra.mlflow.MlflowFailure;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.yaml.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Sends a run to MLflow that was carried out without it, or only in part with it. */
@Command(
    name = "sync",
    description = "sends to MLflow what it does not have of a run; once more changes nothing")
final class SyncCommand implements Callable<Integer> {

  private static final int TRIES = 5;

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  SyncCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunFolder folder = root.startedRun(run);
    RunRecord record = asItIs(folder, root.startedRecord(folder));
    Mlflow mlflow = mlflow();
    Recipe recipe =
        Wiring.recipes()
            .read(
                new RecipeReader.Source("recipe.yaml", Files.readString(folder.recipe())),
                List.of(),
                List.of());
    try {
      Mlflow.Sync sync = mlflow.sync(folder, recipe, record, TRIES);
      say(sync);
      return sync.losses().isEmpty() ? ExitCode.OK.number() : ExitCode.SERVER.number();
    } catch (MlflowFailure e) {
      throw new Refusal(
          ExitCode.SERVER,
          "run %s was not sent whole: %s; the same command goes on".formatted(run, e.getMessage()));
    }
  }

  private Mlflow mlflow() {
    return MlflowCheck.named(root)
        .orElseThrow(
            () ->
                Refusal.usage(
                    "sync needs MLFLOW_TRACKING_URI, the address of an MLflow server, for example"
                        + " http://127.0.0.1:5000"));
  }

  /** A run whose process was killed says that it runs; one on a server needs no process here. */
  private static RunRecord asItIs(RunFolder folder, RunRecord record) throws IOException {
    if (record.status() != RunStatus.RUNNING || record.server().isPresent() || folder.inUse()) {
      return record;
    }
    List<StageRecord> stages =
        record.stages().stream()
            .map(
                stage ->
                    stage.status() == RunStatus.RUNNING
                        ? stage.with(RunStatus.PAUSED, "interrupted")
                        : stage)
            .toList();
    return record.with(stages).paused("interrupted");
  }

  private void say(Mlflow.Sync sync) {
    if (root.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("run", run);
      line.put("mlflowRun", sync.run());
      line.put("url", sync.url());
      line.put("lines", sync.lines());
      line.put("refused", sync.losses());
      new JsonLines(root.around().out()).print(line);
      return;
    }
    root.around()
        .out()
        .printf(
            "%s%nMLflow     %s%n",
            sync.lines() == 0
                ? "MLflow had every metric line of run " + run
                : "sent %d metric lines of run %s".formatted(sync.lines(), run),
            sync.url());
    sync.losses().forEach(loss -> root.around().err().println("temper: MLflow refused " + loss));
  }
}
