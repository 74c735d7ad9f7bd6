package dev.temper.workflows;

import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Walks that a later version must not become without a version of its own. */
final class WrongWalks {

  private WrongWalks() {}

  /** The right walk over a recipe whose branches have another order. */
  public static final class Swapped extends Delegating {

    @WorkflowInit
    public Swapped(RecipeRun run) {
      super(changed(run), new RecipeWorkflowImpl(changed(run)));
    }

    private static RecipeRun changed(RecipeRun run) {
      List<Stage> stages = new ArrayList<>(run.recipe().stages());
      Collections.swap(stages, 2, 3);
      return WrongWalks.changed(run, stages);
    }
  }

  /** The right walk over a recipe with a stage more at its end. */
  public static final class OneMore extends Delegating {

    @WorkflowInit
    public OneMore(RecipeRun run) {
      super(changed(run), new RecipeWorkflowImpl(changed(run)));
    }

    private static RecipeRun changed(RecipeRun run) {
      List<Stage> stages = new ArrayList<>(run.recipe().stages());
      stages.add(FakeStages.stage("more", "eval"));
      return WrongWalks.changed(run, stages);
    }
  }

  /** The right walk after a timer. */
  public static final class Sleeping extends Delegating {

    @WorkflowInit
    public Sleeping(RecipeRun run) {
      super(run, new RecipeWorkflowImpl(run));
    }

    @Override
    public RecipeOutcome run(RecipeRun run) {
      Workflow.sleep(Duration.ofMillis(1));
      return super.run(run);
    }
  }

  /** The right walk, told of nothing that happens to it. */
  public static final class Deaf extends Delegating {

    @WorkflowInit
    public Deaf(RecipeRun run) {
      super(run, new RecipeWorkflowImpl(run));
    }

    @Override
    public RecipeOutcome run(RecipeRun run) {
      List<RecipeOutcome> outcome = new ArrayList<>();
      Workflow.newDetachedCancellationScope(() -> outcome.add(super.run(run))).run();
      return outcome.get(0);
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}

    @Override
    public void retry(String stage) {}
  }

  /** The right walk over the recipe alone. */
  public static final class Forgetful extends Delegating {

    @WorkflowInit
    public Forgetful(RecipeRun run) {
      super(bare(run), new RecipeWorkflowImpl(bare(run)));
    }

    private static RecipeRun bare(RecipeRun run) {
      return new RecipeRun(run.run(), run.recipe());
    }
  }

  /** Independent stages one after the other. */
  public static final class OneByOne extends Delegating {

    @WorkflowInit
    public OneByOne(RecipeRun run) {
      super(run, new RecipeWorkflowImpl(run));
    }

    @Override
    public RecipeOutcome run(RecipeRun run) {
      Map<String, StageState> states = new LinkedHashMap<>();
      for (Stage stage : run.recipe().stages()) {
        StageActivities activities =
            Workflow.newActivityStub(StageActivities.class, StageOptions.of(stage, ""));
        Promise<StageResult> result =
            Async.function(activities::run, new StageRequest(run.run(), stage, Map.of()));
        result.get();
        states.put(stage.name(), StageState.of(StageState.Status.FINISHED));
      }
      return new RecipeOutcome(states);
    }
  }

  private static RecipeRun changed(RecipeRun run, List<Stage> stages) {
    return new RecipeRun(run.run(), new Recipe(run.recipe().name(), run.recipe().seed(), stages));
  }
}
