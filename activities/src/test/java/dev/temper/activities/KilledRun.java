package dev.temper.activities;

import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import dev.temper.workflows.ResolvedInput;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** A process that {@link KillTest} kills: runs six stages one after the other. */
final class KilledRun {

  static final int STEPS = 20;
  static final int CHECKPOINT_EVERY_STEPS = 5;
  private static final long STEP_NANOS = 2_000_000;

  private KilledRun() {}

  /** {@code main HOME RUN}. Prints each stage's name and key. */
  public static void main(String[] args) throws Exception {
    Rig rig =
        new Rig(Path.of(args[0]))
            .failing(HaltAt.parse(Optional.ofNullable(System.getenv(HaltAt.VARIABLE))))
            .buggy(
                new FakeBugs() {
                  @Override
                  public void beforeStep(long step) {
                    LockSupport.parkNanos(STEP_NANOS);
                  }
                });
    rig.store().probe();
    Recipe recipe = FakeStages.sixStages(STEPS, CHECKPOINT_EVERY_STEPS);
    Map<String, StageResult> results = new LinkedHashMap<>();
    for (Stage stage : recipe.stages()) {
      Map<String, ResolvedInput> inputs = new LinkedHashMap<>();
      for (Input input : ((EvaluationSpec) stage.spec()).models()) {
        StageResult made = results.get(input.stage());
        inputs.put(
            input.text(),
            new ResolvedInput(
                input.stage(),
                made.key(),
                made.content(),
                input.output(),
                made.outputs().get(input.output())));
      }
      StageResult result = rig.run(new StageRequest(args[1], stage, inputs), new FreeControl());
      results.put(stage.name(), result);
      System.out.printf(
          "%s %s resumedFromStep=%d%n", stage.name(), result.key(), result.resumedFromStep());
    }
  }
}
