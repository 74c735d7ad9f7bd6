package dev.temper.infra.temporal;

import com.google.protobuf.util.Timestamps;
import dev.temper.infra.run.RunStatus;
import dev.temper.workflows.SearchKeys;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.workflow.v1.WorkflowExecutionInfo;
import io.temporal.common.SearchAttributeKey;
import io.temporal.common.converter.DefaultDataConverter;
import java.time.Instant;
import java.util.Optional;

/**
 * A run as the lists of a server have it.
 *
 * @param recipe its name; empty where the server has no room for attributes
 * @param startedAt when it was last started or continued
 */
public record KnownRun(
    String run,
    Optional<String> recipe,
    RunStatus status,
    Instant startedAt,
    Optional<Instant> endedAt) {

  static KnownRun of(WorkflowExecutionInfo info) {
    String id = info.getExecution().getWorkflowId();
    return new KnownRun(
        attribute(info, SearchKeys.RUN).orElseGet(() -> id.replaceFirst("^temper/", "")),
        attribute(info, SearchKeys.RECIPE),
        RunSight.runStatus(info.getStatus(), isPaused(info)),
        Instant.ofEpochMilli(Timestamps.toMillis(info.getStartTime())),
        closed(info));
  }

  static Optional<Instant> closed(WorkflowExecutionInfo info) {
    return info.hasCloseTime()
        ? Optional.of(Instant.ofEpochMilli(Timestamps.toMillis(info.getCloseTime())))
        : Optional.empty();
  }

  /** Whether a run says of itself that it is paused. */
  static boolean isPaused(WorkflowExecutionInfo info) {
    return attribute(info, SearchKeys.STATUS).filter("paused"::equals).isPresent();
  }

  private static Optional<String> attribute(
      WorkflowExecutionInfo info, SearchAttributeKey<String> key) {
    Payload payload = info.getSearchAttributes().getIndexedFieldsMap().get(key.getName());
    return payload == null
        ? Optional.empty()
        : Optional.ofNullable(
            DefaultDataConverter.STANDARD_INSTANCE.fromPayload(
                payload, String.class, String.class));
  }
}
