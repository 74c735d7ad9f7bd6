package dev.temper.infra.temporal;

import dev.temper.workflows.StageRequest;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.ActivityTaskScheduledEventAttributes;
import io.temporal.api.history.v1.ActivityTaskStartedEventAttributes;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Which stage an activity of a run computes: the server lists what is pending by number alone, the
 * history says what was asked.
 */
final class ScheduledStages {

  /**
   * A stage and the task queue that it was put on.
   *
   * @param earlier attempts of the activities that the stage had before: a pause ends one, and
   *     Temporal counts the attempts of the next from 1 again
   */
  record Scheduled(String stage, String queue, int earlier) {}

  private final WorkflowClient client;
  private final Map<String, Scheduled> known = new HashMap<>();
  private String execution = "";

  ScheduledStages(WorkflowClient client) {
    this.client = client;
  }

  /** The stage of an activity; reads the history only if there is an activity that is new. */
  Map<String, Scheduled> of(String workflow, String runId, Collection<String> activities) {
    if (!execution.equals(runId)) {
      execution = runId;
      known.clear();
    }
    if (!known.keySet().containsAll(activities)) {
      Map<Long, String> stages = new HashMap<>();
      Map<String, Integer> attempts = new HashMap<>();
      for (HistoryEvent event : client.fetchHistory(workflow, runId).getEvents()) {
        if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) {
          ActivityTaskScheduledEventAttributes asked =
              event.getActivityTaskScheduledEventAttributes();
          stage(asked)
              .ifPresent(
                  stage -> {
                    stages.put(event.getEventId(), stage);
                    known.put(
                        asked.getActivityId(),
                        new Scheduled(
                            stage,
                            asked.getTaskQueue().getName(),
                            attempts.getOrDefault(stage, 0)));
                  });
        } else if (event.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED) {
          // Written once the activity has ended, with the attempt that it ended with.
          ActivityTaskStartedEventAttributes begun = event.getActivityTaskStartedEventAttributes();
          String stage = stages.get(begun.getScheduledEventId());
          if (stage != null) {
            attempts.merge(stage, begun.getAttempt(), Integer::sum);
          }
        }
      }
    }
    return known;
  }

  private Optional<String> stage(ActivityTaskScheduledEventAttributes asked) {
    if (!asked.getActivityType().getName().equals("runStage")) {
      return Optional.empty();
    }
    StageRequest request =
        client
            .getOptions()
            .getDataConverter()
            .fromPayloads(0, Optional.of(asked.getInput()), StageRequest.class, StageRequest.class);
    return Optional.of(request.stage().name());
  }
}
