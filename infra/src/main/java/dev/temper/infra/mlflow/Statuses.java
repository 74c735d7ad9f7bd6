package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.infra.run.RunStatus;
import java.util.OptionalLong;
import org.mlflow.api.proto.Service.Run;

/** What MLflow calls the end of a run. */
final class Statuses {

  private final MlflowCalls calls;

  Statuses(MlflowCalls calls) {
    this.calls = calls;
  }

  /** Its word for ours. A run that waits or was interrupted can go on, and then runs again. */
  static String of(RunStatus status) {
    return switch (status) {
      case PENDING, RUNNING -> "RUNNING";
      case FINISHED -> "FINISHED";
      case FAILED, BLOCKED -> "FAILED";
      case PAUSED, CANCELLED, STOPPED_BY_RULE -> "KILLED";
    };
  }

  /**
   * Sets it where it is another.
   *
   * @param endedAt milliseconds since 1970, of a run that has ended
   */
  void set(Run run, RunStatus status, OptionalLong endedAt) {
    String wanted = of(status);
    boolean ended = !wanted.equals("RUNNING");
    boolean same =
        run.getInfo().getStatus().name().equals(wanted)
            && (!ended || endedAt.isEmpty() || run.getInfo().getEndTime() == endedAt.getAsLong());
    if (same) {
      return;
    }
    ObjectNode body =
        MlflowCalls.body().put("run_id", run.getInfo().getRunId()).put("status", wanted);
    if (ended) {
      endedAt.ifPresent(time -> body.put("end_time", time));
    }
    calls.post("runs/update", body);
  }
}
