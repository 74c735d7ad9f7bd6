package dev.temper.workflows;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** Tells whoever follows runs that one begins and ends. Called again after a failure. */
@ActivityInterface
public interface RunActivities {

  @ActivityMethod(name = "beginRun")
  RunLinks begin(RecipeRun run);

  @ActivityMethod(name = "endRun")
  void end(RunEnd end);
}
