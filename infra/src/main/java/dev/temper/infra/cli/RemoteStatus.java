package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.run.RunListener;
import dev.temper.infra.run.RunMirror;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageProgress;
import dev.temper.infra.run.StageRecord;
import dev.temper.infra.temporal.LiveOperations;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.RunSight;
import dev.temper.infra.temporal.TemporalServer;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A run on a server as it is now. Writes nothing: the command that watches the run keeps its
 * folder.
 *
 * @param progress of the stages that run, by name
 */
record RemoteStatus(RunRecord record, Map<String, StageProgress> progress) {

  /** Asks the server. */
  static RemoteStatus of(TemperCommand root, RunRecord known) throws IOException {
    Map<String, StageProgress> progress = new HashMap<>();
    try (TemporalServer server = root.connect("status");
        ArtifactStore store = root.artifacts(known.store())) {
      RemoteRun remote = new RemoteRun(server.client(), known.run());
      Optional<WorkflowExecutionStatus> status = remote.status();
      if (status.isEmpty()) {
        return new RemoteStatus(
            known.ended(
                RunStatus.FAILED, "", Optional.of("the Temporal server does not know this run")),
            progress);
      }
      RunMirror mirror =
          new RunMirror(Optional.empty(), known, store, heard(progress), Clock.systemUTC());
      RunSight sight = remote.look();
      sight.stages().ifPresent(mirror::sees);
      sight
          .pending()
          .forEach(
              (stage, pending) ->
                  pending
                      .progress()
                      .ifPresent(seen -> mirror.progressed(stage, pending.attempt(), seen)));
      RunRecord record = mirror.record();
      if (!sight.isRunning()) {
        RunStatus how =
            switch (sight.status()) {
              case WORKFLOW_EXECUTION_STATUS_COMPLETED -> RunStatus.FINISHED;
              case WORKFLOW_EXECUTION_STATUS_CANCELED, WORKFLOW_EXECUTION_STATUS_TERMINATED ->
                  RunStatus.CANCELLED;
              default -> RunStatus.FAILED;
            };
        record =
            record.ended(
                how,
                Clock.systemUTC().instant().toString(),
                how == RunStatus.FINISHED
                    ? Optional.empty()
                    : Optional.of("the run was " + LiveOperations.word(sight.status())));
      }
      return new RemoteStatus(record, progress);
    }
  }

  private static RunListener heard(Map<String, StageProgress> progress) {
    return new RunListener() {
      @Override
      public void changed(StageRecord stage) {}

      @Override
      public void progressed(StageProgress seen) {
        progress.put(seen.stage(), seen);
      }

      @Override
      public void noted(String stage, String note) {}
    };
  }
}
