package dev.temper.workflows;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityMethod;

/** The one activity: runs a stage to its artifact, or finds the artifact. */
@ActivityInterface
public interface StageActivities {

  @ActivityMethod(name = "runStage")
  StageResult run(StageRequest request);
}
