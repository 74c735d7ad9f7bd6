package dev.temper.workflows;

import dev.temper.recipes.NearestName;
import dev.temper.workflows.StageState.Status;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;

/** Why an operation on a live run makes no sense now. */
final class LiveChecks {

  private final Walk walk;

  LiveChecks(Walk walk) {
    this.walk = walk;
  }

  void pause() {
    requireLive("paused");
    if (walk.isPaused()) {
      throw refused("the run is paused already; resume lets it go on");
    }
    if (!walk.isUnfinished() && !isAny(Status.RUNNING)) {
      throw refused("there is nothing to pause: no stage of the run can go on");
    }
  }

  void resume() {
    requireLive("resumed");
    if (!walk.isPaused()) {
      throw refused("the run is not paused, there is nothing to resume");
    }
  }

  void retry(String stage) {
    requireLive("retried");
    Status status = status(stage);
    if (status == Status.RUNNING && walk.isPaused()) {
      throw refused("stage '%s' is being paused; resume lets it go on".formatted(stage));
    }
    switch (status) {
      case RUNNING, FAILED -> {}
      case PAUSED -> throw refused("stage '%s' is paused; resume lets it go on".formatted(stage));
      case PENDING ->
          throw refused("stage '%s' was not started, there is nothing to retry".formatted(stage));
      case FINISHED ->
          throw refused("stage '%s' is finished, there is nothing to retry".formatted(stage));
      case BLOCKED ->
          throw refused(
              "stage '%s' waits for a stage that failed; retry one of %s"
                  .formatted(stage, named(Status.FAILED)));
      case CANCELLED -> throw refused("stage '%s' was cancelled".formatted(stage));
    }
  }

  void move(String stage, String queue) {
    requireLive("changed");
    if (queue == null || queue.isBlank()) {
      throw refused("queue must not be empty, got '%s'".formatted(queue));
    }
    switch (status(stage)) {
      case PENDING, BLOCKED, FAILED, PAUSED -> {}
      case RUNNING ->
          throw refused(
              "stage '%s' was started already; only a stage that does not run can be moved, so pause the run first"
                  .formatted(stage));
      case FINISHED ->
          throw refused("stage '%s' is finished, there is nothing to move".formatted(stage));
      case CANCELLED -> throw refused("stage '%s' was cancelled".formatted(stage));
    }
  }

  private void requireLive(String what) {
    if (walk.isCancelled()) {
      throw refused("the run was cancelled and cannot be %s any more".formatted(what));
    }
  }

  private Status status(String stage) {
    StageState state = walk.states().get(String.valueOf(stage));
    if (state == null) {
      throw refused(
          "stage must be one of %s, got '%s'%s"
              .formatted(
                  walk.states().keySet(),
                  stage,
                  NearestName.hint(String.valueOf(stage), walk.states().keySet())));
    }
    return state.status();
  }

  private boolean isAny(Status status) {
    return !named(status).isEmpty();
  }

  private List<String> named(Status status) {
    return walk.states().entrySet().stream()
        .filter(state -> state.getValue().status() == status)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static ApplicationFailure refused(String why) {
    return ApplicationFailure.newNonRetryableFailure(why, "Refused");
  }
}
