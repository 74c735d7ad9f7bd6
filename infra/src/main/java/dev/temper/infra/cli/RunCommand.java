package dev.temper.infra.cli;

import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.recipe.Preflight;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunLock;
import dev.temper.infra.run.RunLog;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageKinds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a recipe, or continues it. */
@Command(
    name = "run",
    description = "runs a recipe; the same command continues it after whatever stopped it")
final class RunCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Mixin private RecipeOptions recipe;

  @Option(
      names = "--name",
      paramLabel = "N",
      description = "name of the run; default: that of the recipe")
  private String name;

  @Option(
      names = "--again",
      description = "go on under a name that another version of the recipe was run under")
  private boolean again;

  @Option(names = "--detach", description = "needs a Temporal server")
  private boolean detach;

  RunCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (detach) {
      throw Refusal.usage(
          "--detach needs a Temporal server, and this version runs its own inside the process");
    }
    Path store = root.store();
    PinnedRecipe pinned = recipe.read(root);
    RunFolder folder = folder(pinned);
    // Before anything is written: what cannot start leaves nothing behind.
    Preflight.data(pinned);
    try (RunLock lock = folder.lock()) {
      Optional<RunRecord> before = folder.record();
      before.ifPresent(known -> refuseAnother(known, folder, pinned));
      MlflowCheck.before(root, before.isPresent());
      Preflight.machine(pinned, new FolderArtifactStore(store));
      RunRecord record = record(before, folder, pinned, store);
      folder.writeRecipe(pinned.yaml());
      folder.write(record);
      try (RunLog log =
          new RunLog(
              folder.log(), root.verbose() ? Optional.of(root.around().err()) : Optional.empty())) {
        return new LiveRun(root, folder, pinned, root.wiring(), lock).toItsEnd(record);
      }
    }
  }

  private RunFolder folder(PinnedRecipe pinned) {
    try {
      return root.home().run(name == null ? pinned.recipe().name() : name);
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(e.getMessage());
    }
  }

  /** A name means one recipe, or nobody knows what a result comes from. */
  private void refuseAnother(RunRecord known, RunFolder folder, PinnedRecipe pinned) {
    if (again || known.recipeHash().equals(pinned.hash())) {
      return;
    }
    throw Refusal.usage(
        "run %s was started with another recipe; choose another --name, or --again to go on with this one:%n  %s"
            .formatted(
                known.run(),
                String.join("\n  ", RecipeDifferences.of(yaml(folder), pinned.yaml()))));
  }

  private static String yaml(RunFolder folder) {
    try {
      return Files.readString(folder.recipe());
    } catch (IOException e) {
      return "";
    }
  }

  private static RunRecord record(
      Optional<RunRecord> before, RunFolder folder, PinnedRecipe pinned, Path store) {
    Optional<RunRecord> same = before.filter(known -> known.recipeHash().equals(pinned.hash()));
    List<StageRecord> stages =
        pinned.recipe().stages().stream()
            .map(stage -> same.flatMap(run -> run.stage(stage.name())).orElse(pending(stage)))
            .map(RunCommand::toDo)
            .toList();
    return new RunRecord(
        folder.name(),
        pinned.recipe().name(),
        pinned.hash(),
        RunStatus.RUNNING,
        store.toString(),
        before.map(RunRecord::startedAt).orElseGet(() -> Clock.systemUTC().instant().toString()),
        Optional.empty(),
        Optional.empty(),
        stages);
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
