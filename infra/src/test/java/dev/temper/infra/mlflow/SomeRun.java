package dev.temper.infra.mlflow;

import dev.temper.infra.Wiring;
import dev.temper.infra.data.FetchedData;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageKinds;
import dev.temper.recipes.yaml.RecipeReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A run folder of the quickstart recipe, written by hand. */
final class SomeRun {

  static final List<String> STAGES = List.of("base", "pairs", "rl", "curve");
  static final long TIME = 1_790_000_000_000L;

  private final RunFolder folder;
  private final PinnedRecipe recipe;
  private RunRecord record;

  SomeRun(Path home, String name) throws IOException {
    // A name of its own is an experiment of its own, on a server that several tests share.
    String yaml = Files.readString(Path.of("..", "recipes", "quickstart.yaml"));
    Recipe read =
        Wiring.recipes()
            .read(
                new RecipeReader.Source(
                    "quickstart.yaml", yaml.replace("name: quickstart", "name: " + name)),
                List.of(),
                List.of());
    recipe = PinnedRecipe.of(read, home, new FetchedData(home, Map.of()));
    folder = new Home(home).run(name);
    record =
        new RunRecord(
            name,
            name,
            recipe.hash(),
            RunStatus.RUNNING,
            home.resolve("store").toString(),
            "2026-11-21T10:00:00Z",
            Optional.empty(),
            Optional.empty(),
            recipe.recipe().stages().stream().map(SomeRun::pending).toList());
    folder.writeRecipe(recipe.yaml());
    write();
  }

  private static StageRecord pending(Stage stage) {
    return StageRecord.pending(
        stage.name(),
        StageKinds.of(stage.spec()),
        StageInputs.of(stage.spec()).stream().map(input -> input.text()).toList());
  }

  RunFolder folder() {
    return folder;
  }

  Recipe recipe() {
    return recipe.recipe();
  }

  synchronized RunRecord record() {
    return record;
  }

  private void write() throws IOException {
    folder.write(record);
  }

  /** An attempt begins, and its journal holds what the checkpoint had. */
  synchronized void started(String stage, int attempt, long fromStep) throws IOException {
    Files.createDirectories(folder.stage(stage));
    committed(stage, fromStep);
    Path journal = folder.stage(stage).resolve("metrics.jsonl");
    if (Files.exists(journal)) {
      List<String> kept = Files.readAllLines(journal).stream().limit(fromStep).toList();
      Files.write(journal, kept);
    }
    append(
        stage,
        "attempts.jsonl",
        "{\"attempt\":%d,\"startedAt\":%d,\"resumedFromStep\":%d,\"executedSteps\":0}"
            .formatted(attempt, TIME, fromStep));
    record = record.with(stage, known -> known.started(attempt, fromStep));
    write();
  }

  /** Steps are made, at times that no other attempt has. */
  void steps(String stage, int attempt, long from, long to) throws IOException {
    for (long step = from; step <= to; step++) {
      append(
          stage,
          "metrics.jsonl",
          String.format(
              Locale.ROOT,
              "{\"step\":%d,\"time\":%d,\"metrics\":{\"train/loss\":%s,\"reward/score\":%s,"
                  + "\"curve/gold\":%s,\"curve/snapshot\":%d}}",
              step,
              TIME + step * 1000 + attempt,
              1.0 / step,
              step * 0.1,
              step * 0.25,
              (step - 1) * 10));
    }
  }

  private void append(String stage, String file, String line) throws IOException {
    Files.writeString(
        folder.stage(stage).resolve(file),
        line + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  void committed(String stage, long step) throws IOException {
    Files.writeString(
        folder.stage(stage).resolve("committed.json"), "{\"step\":%d}\n".formatted(step));
  }

  synchronized void finished(String stage, long steps) throws IOException {
    committed(stage, steps);
    Files.writeString(folder.stage(stage).resolve("curve.csv"), "step,kl\n0,0\n");
    Map<String, Double> summary = new TreeMap<>(Map.of("train/loss", 0.5, "eval/a/rl@120", 0.25));
    record =
        record.with(
            stage, known -> known.finished(false, steps, "key-" + stage, "hash-" + stage, summary));
    write();
  }

  synchronized void stage(String stage, RunStatus status, String why) throws IOException {
    record = record.with(stage, known -> known.with(status, why));
    write();
  }

  synchronized void ended(RunStatus status) throws IOException {
    Files.createDirectories(folder.report());
    Files.writeString(folder.report().resolve("index.html"), "<html>report</html>");
    record = record.ended(status, "2026-11-21T11:00:00Z", Optional.empty());
    write();
  }

  /** These stages make some steps and finish. */
  SomeRun whole(int steps) throws IOException {
    for (String stage : STAGES) {
      started(stage, 1, 0);
      steps(stage, 1, 1, steps);
      finished(stage, steps);
    }
    ended(RunStatus.FINISHED);
    return this;
  }
}
