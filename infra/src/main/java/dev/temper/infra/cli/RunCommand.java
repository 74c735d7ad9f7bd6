package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.Wiring;
import dev.temper.infra.recipe.PinnedRecipe;
import dev.temper.infra.recipe.Preflight;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunLock;
import dev.temper.infra.run.RunLog;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.TemporalServer;
import dev.temper.recipes.Numerics;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a recipe, or continues it. */
@Command(
    name = "run",
    description = {
      "runs a recipe; the same command continues it after whatever stopped it",
      "",
      "What becomes of a name that is taken, by a run of the same recipe:",
      "  finished         on a server refused (exit 2); else all of it is found again",
      "  failed, cancelled, interrupted",
      "                   goes on from its newest checkpoints",
      "  running, paused  on a server: this command watches it too; in another",
      "                   process: refused (exit 3)",
      "One of another recipe is refused (exit 2) with the differences.",
      ""
    })
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
      description =
          "also where the run has finished or was of another recipe: begins again under its name,"
              + " and what is in the store is not computed again; one that is running is never"
              + " begun again: with the same recipe it is watched, with another one refused")
  private boolean again;

  @Option(
      names = "--detach",
      description =
          "returns once the run is on the Temporal server; one that is running goes on untouched,"
              + " an unfinished one goes on from its checkpoints, a finished one needs --again")
  private boolean detach;

  @Option(
      names = "--fork",
      paramLabel = "RUN@STAGE[:STEP]",
      description =
          "a new run with the recipe of another one, changed from a stage on; with a step, the"
              + " stage goes on from the snapshot that it kept")
  private String fork;

  @Option(
      names = "--embedded",
      description =
          "runs inside this process, also where a Temporal server is configured; a run of that name"
              + " which belongs to a server, finished or not, is refused: choose another --name")
  private boolean embedded;

  RunCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<ServerAddress> address = embedded ? Optional.empty() : root.server();
    if (detach && address.isEmpty()) {
      throw Refusal.usage(
          "--detach needs a Temporal server: 'temper up' starts one, TEMPORAL_ADDRESS names one");
    }
    PinnedRecipe pinned = pinned();
    RunFolder folder = folder(pinned);
    // Before anything is written: what cannot start leaves nothing behind.
    Preflight.data(pinned);
    if (folder.record().isEmpty()) {
      IdleStack.warn(root, embedded);
    }
    if (address.isPresent()) {
      try (TemporalServer server = TemporalServer.connect(address.get(), Wiring.payloads())) {
        return new ServerRun(root, folder, pinned, again, detach).call(server);
      }
    }
    return inThisProcess(pinned, folder);
  }

  private PinnedRecipe pinned() throws IOException {
    if (fork == null) {
      return recipe.read(root);
    }
    if (recipe.text() != null) {
      throw Refusal.usage(
          "--fork takes the recipe from a run, so no RECIPE goes with it, got " + recipe.text());
    }
    if (name == null) {
      throw Refusal.usage("--fork makes a new run: --name says what it is called");
    }
    return new ForkedRecipe(root, fork).read(recipe);
  }

  private int inThisProcess(PinnedRecipe pinned, RunFolder folder) throws IOException {
    String store = root.store();
    Optional<RunRecord> seen = permitted(folder, pinned);
    // Before the lock: its files are the first of the run's folder, and a refusal leaves none.
    MlflowCheck.before(root, seen.isPresent());
    try (ArtifactStore artifacts = root.artifacts(store)) {
      Preflight.machine(pinned, artifacts);
      Preflight.tensors(
          root.environment(),
          pinned.recipe().stages().stream()
              .anyMatch(stage -> stage.spec().numerics().device().equals(Numerics.CUDA)));
    }
    try (RunLock lock = folder.lock()) {
      // Again: another process may have been faster.
      Optional<RunRecord> before = permitted(folder, pinned);
      RunRecord record = StartingRecord.of(before, folder, pinned, store);
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

  /** What the folder of the run says, if this recipe may go on there. */
  private Optional<RunRecord> permitted(RunFolder folder, PinnedRecipe pinned) throws IOException {
    Optional<RunRecord> before = folder.record();
    before.ifPresent(this::refuseOneOfAServer);
    before.ifPresent(known -> refuseAnother(known, folder, pinned));
    return before;
  }

  /** A server that is down for a moment must not make a second run of it, in another store. */
  private void refuseOneOfAServer(RunRecord known) {
    known
        .server()
        .ifPresent(
            server -> {
              String message =
                  "run %s belongs to the Temporal server %s, with artifacts in %s, and %s; %s"
                      .formatted(
                          known.run(),
                          server,
                          known.store(),
                          embedded ? "cannot go on inside this process" : "no server is set now",
                          embedded
                              ? "choose another --name"
                              : "'temper up' or TEMPORAL_ADDRESS, or another --name");
              throw new Refusal(embedded ? ExitCode.USAGE : ExitCode.SERVER, message);
            });
  }

  /** A name means one recipe, or nobody knows what a result comes from. */
  private void refuseAnother(RunRecord known, RunFolder folder, PinnedRecipe pinned) {
    if (again || known.recipeHash().equals(pinned.hash())) {
      return;
    }
    throw Refusal.usage(StartingRecord.otherRecipe(folder, yaml(folder), pinned));
  }

  private static String yaml(RunFolder folder) {
    try {
      return Files.readString(folder.recipe());
    } catch (IOException e) {
      return "";
    }
  }
}
