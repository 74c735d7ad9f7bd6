package dev.temper.infra.cli;

import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageKinds;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** What run.json says when a run starts or goes on. */
final class StartingRecord {

  private StartingRecord() {}

  /** What did not finish before is to be done. */
  static RunRecord of(
      Optional<RunRecord> before, RunFolder folder, PinnedRecipe pinned, String store) {
    Optional<RunRecord> same = before.filter(known -> known.recipeHash().equals(pinned.hash()));
    List<StageRecord> stages =
        pinned.recipe().stages().stream()
            .map(stage -> same.flatMap(run -> run.stage(stage.name())).orElse(pending(stage)))
            .map(StartingRecord::toDo)
            .toList();
    RunRecord record =
        new RunRecord(
            folder.name(),
            pinned.recipe().name(),
            pinned.hash(),
            RunStatus.RUNNING,
            store,
            before
                .map(RunRecord::startedAt)
                .orElseGet(() -> Clock.systemUTC().instant().toString()),
            Optional.empty(),
            Optional.empty(),
            stages);
    return record.of(pinned.folder());
  }

  /** What a server says that a run was started with; no stage of it has been seen. */
  static RunRecord of(String run, RemoteRun.Begun begun, String server) {
    PinnedRecipe pinned = new PinnedRecipe(begun.asked().recipe(), Path.of(""));
    return new RunRecord(
            run,
            pinned.recipe().name(),
            pinned.hash(),
            RunStatus.RUNNING,
            begun.asked().settings().store(),
            begun.at().toString(),
            Optional.empty(),
            Optional.empty(),
            pinned.recipe().stages().stream().map(StartingRecord::pending).toList())
        .on(server);
  }

  /** Why a name may not be used for this recipe. */
  static String otherRecipe(RunFolder folder, String yamlBefore, PinnedRecipe pinned) {
    return "run %s was started with another recipe; choose another --name, or --again to go on with this one:%n  %s"
        .formatted(
            folder.name(), String.join("\n  ", RecipeDifferences.of(yamlBefore, pinned.yaml())));
  }

  private static StageRecord pending(Stage stage) {
    return StageRecord.pending(
        stage.name(),
        StageKinds.of(stage.spec()),
        StageInputs.of(stage.spec()).stream().map(input -> input.text()).toList());
  }

  /** What did not finish in an earlier process is to be done. */
  private static StageRecord toDo(StageRecord stage) {
    return stage.status() == RunStatus.FINISHED ? stage : stage.pendingAgain();
  }
}
