package dev.temper.workflows;

import dev.temper.recipes.Recipe;
import dev.temper.workflows.StageState.Status;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowStub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/**
 * Writes the histories that {@link ReplayTest} replays. Run by hand, only when a path is new or a
 * change of the walk is meant to break old ones: {@code main} with the folder to write to and the
 * names.
 */
final class Histories {

  /** Makes the history of one path. */
  interface Maker {
    String make();
  }

  private Histories() {}

  static Map<String, Maker> makers() {
    Map<String, Maker> makers = new LinkedHashMap<>();
    makers.put("six-stages", () -> record(ScriptedStages.thatSucceed()));
    makers.put("retry", () -> record(ScriptedStages.thatFailFirst("sft", 2)));
    makers.put("blocked", () -> record(ScriptedStages.thatFailForGood("rm", "TrainingDiverged")));
    makers.put("pause", Histories::pause);
    makers.put("retry-failed", Histories::retryFailed);
    makers.put("retry-running", Histories::retryRunning);
    makers.put("move", Histories::move);
    makers.put("cancel", Histories::cancel);
    makers.put("fork", Histories::fork);
    makers.put("tracked", Histories::tracked);
    makers.put("retry-at-the-end", Histories::retryAtTheEnd);
    makers.put("cancel-at-the-end", Histories::cancelAtTheEnd);
    makers.put("continued-blocked", Histories::continuedBlocked);
    makers.put("continue-as-new", () -> continued(false));
    makers.put("continued", () -> continued(true));
    return makers;
  }

  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    for (String name : List.of(args).subList(1, args.length)) {
      Files.writeString(folder.resolve(name + ".json"), makers().get(name).make());
    }
  }

  static String record(ScriptedStages stages) {
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      return ended(rig, rig.started(FakeStages.sixStages()));
    }
  }

  private static String pause() {
    HeldStages stages =
        new HeldStages()
            .next("rm", HeldStages.untilCancelled())
            .next("rm-heldout", HeldStages.finishesWhenCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(FakeStages.sixStages());
      stages.awaitStarts("rm", 1);
      stages.awaitStarts("rm-heldout", 1);
      rig.live().pause();
      rig.until("rm", Status.PAUSED);
      rig.until("rm-heldout", Status.FINISHED);
      rig.live().resume();
      return ended(rig, run);
    }
  }

  private static String retryFailed() {
    CountDownLatch heldout = new CountDownLatch(1);
    HeldStages stages =
        new HeldStages()
            .next("rm", HeldStages.fails("TrainingDiverged"))
            .next("rm-heldout", HeldStages.until(heldout));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(FakeStages.sixStages());
      rig.until("eval", Status.BLOCKED);
      rig.live().retry("rm");
      heldout.countDown();
      return ended(rig, run);
    }
  }

  private static String retryRunning() {
    HeldStages stages = new HeldStages().next("sft", HeldStages.failsUntilLater());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(FakeStages.sixStages());
      stages.awaitStarts("sft", 1);
      rig.live().retry("sft");
      return ended(rig, run);
    }
  }

  private static String move() {
    CountDownLatch go = new CountDownLatch(1);
    HeldStages stages = new HeldStages().next("sft", HeldStages.until(go));
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(FakeStages.sixStages());
      rig.until("sft", Status.RUNNING);
      rig.live().move("rl", "gpu");
      go.countDown();
      return ended(rig, run);
    }
  }

  private static String cancel() {
    HeldStages stages =
        new HeldStages()
            .next("rm", HeldStages.untilCancelled())
            .next("rm-heldout", HeldStages.finishesWhenCancelled());
    try (WorkflowRig rig = new WorkflowRig(stages)) {
      WorkflowStub run = rig.started(FakeStages.sixStages());
      stages.awaitStarts("rm", 1);
      stages.awaitStarts("rm-heldout", 1);
      run.cancel();
      return ended(rig, run);
    }
  }

  /** A run that begins with what another one made. */
  private static String fork() {
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatSucceed())) {
      return ended(
          rig,
          rig.started(
              new RecipeRun(
                  "demo",
                  FakeStages.sixStages(),
                  RunSettings.NONE,
                  Map.of("base", HeldStages.result("base"), "sft", HeldStages.result("sft")))));
    }
  }

  private static String tracked() {
    try (WorkflowRig rig = new WorkflowRig(ScriptedStages.thatSucceed(), new FakeRuns())) {
      return ended(rig, rig.started(trackedRun()));
    }
  }

  /** A stage is started again while the end of the run is told. */
  private static String retryAtTheEnd() {
    HeldStages stages = new HeldStages().next("rm", HeldStages.fails("TrainingDiverged"));
    return atTheEnd(stages, run -> run.live().retry("rm"));
  }

  /** The run is cancelled while its end is told. */
  private static String cancelAtTheEnd() {
    return atTheEnd(new HeldStages(), WorkflowRig::cancel);
  }

  private static String atTheEnd(HeldStages stages, Consumer<WorkflowRig> operation) {
    CountDownLatch mayEnd = new CountDownLatch(1);
    FakeRuns runs = FakeRuns.whoseEndWaits(mayEnd);
    try (WorkflowRig rig = new WorkflowRig(stages, runs)) {
      WorkflowStub run = rig.started(trackedRun());
      runs.awaitEnd();
      operation.accept(rig);
      mayEnd.countDown();
      return ended(rig, run);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The last history of a run one of whose stages failed in the first. */
  private static String continuedBlocked() {
    CountDownLatch go = new CountDownLatch(1);
    HeldStages stages =
        new HeldStages()
            .next("bad", HeldStages.fails("TrainingDiverged"))
            .next("a", HeldStages.until(go));
    try (WorkflowRig rig = new WorkflowRig(ShortHistory.class, stages, new FakeRuns())) {
      WorkflowStub run = rig.started(tracked(FakeStages.twoBranches()));
      rig.until("bad", Status.FAILED);
      rig.live().move("c", "gpu");
      go.countDown();
      return ended(rig, run);
    }
  }

  static RecipeRun trackedRun() {
    return tracked(FakeStages.sixStages());
  }

  static RecipeRun tracked(Recipe recipe) {
    return new RecipeRun(
        "demo", recipe, new RunSettings("s3://a/b", "", true, true), Map.of(), Optional.empty());
  }

  /** One of the histories of a run that needs several: the first, or the last. */
  private static String continued(boolean last) {
    Recipe recipe = FakeStages.sixStages();
    try (WorkflowRig rig =
        new WorkflowRig(ShortHistory.class, ScriptedStages.thatSucceed(), new FakeRuns())) {
      WorkflowStub run = rig.started(new RecipeRun("demo", recipe));
      String first = run.getExecution().getRunId();
      run.getResult(RecipeOutcome.class);
      return (last ? rig.history() : rig.history(first)) + "\n";
    }
  }

  private static String ended(WorkflowRig rig, WorkflowStub run) {
    try {
      run.getResult(RecipeOutcome.class);
    } catch (WorkflowFailedException e) {
      // some of the paths end like this
    }
    return rig.history() + "\n";
  }
}
