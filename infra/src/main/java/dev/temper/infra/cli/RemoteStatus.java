package dev.temper.infra.cli;

import dev.temper.infra.run.RunListener;
import dev.temper.infra.run.RunMirror;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import dev.temper.infra.temporal.PendingStage;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.RunSight;
import dev.temper.infra.temporal.TemporalServer;
import dev.temper.workflows.RecipeOutcome;
import io.grpc.StatusRuntimeException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A run as its server knows it, whether or not this home does. Writes nothing: the command that
 * watches the run keeps its folder.
 */
final class RemoteStatus {

  /**
   * The run at one moment.
   *
   * @param progress of the stages that run, by name
   * @param pending stages that run or wait for a worker, by name
   * @param unpolled queues that stages wait on and nobody polls
   * @param unattended whether no worker could be asked how far the stages are
   */
  record Seen(
      RunRecord record,
      Map<String, ShownProgress> progress,
      Map<String, PendingStage> pending,
      Set<String> unpolled,
      boolean unattended) {}

  private final RemoteRun remote;
  private final RunMirror mirror;
  private final Map<String, ShownProgress> progress = new HashMap<>();
  private boolean linksAnswered;

  private RemoteStatus(RemoteRun remote, RunRecord record) {
    this.remote = remote;
    this.mirror = new RunMirror(Optional.empty(), record, heard(), Clock.systemUTC());
  }

  /**
   * Asks the server for a run; empty where it knows of none.
   *
   * @param known what this home has of it
   */
  static Optional<RemoteStatus> of(TemporalServer server, String run, Optional<RunRecord> known) {
    RemoteRun remote = new RemoteRun(server.client(), run);
    if (remote.status().isEmpty()) {
      return Optional.empty();
    }
    RunRecord begun =
        StartingRecord.of(
            run, remote.begun(), server.address().target() + "/" + server.address().namespace());
    // What ended here may have been started again elsewhere: then nothing of it counts any more.
    return Optional.of(
        new RemoteStatus(
            remote,
            known
                .filter(record -> record.status() == RunStatus.RUNNING)
                .filter(record -> record.recipeHash().equals(begun.recipeHash()))
                .orElse(begun)));
  }

  String workflowId() {
    return remote.workflowId();
  }

  Seen look() {
    progress.clear();
    RunSight sight = remote.look();
    sight.stages().or(() -> outcome(sight)).ifPresent(mirror::sees);
    Set<String> unpolled = new TreeSet<>();
    sight.pending().forEach((stage, pending) -> sees(stage, pending, unpolled));
    if (!linksAnswered && !sight.unattended()) {
      askForLinks();
    }
    return new Seen(
        standing(mirror.record(), sight),
        Map.copyOf(progress),
        sight.pending(),
        unpolled,
        sight.unattended());
  }

  /** What has ended carries its stages with it, for whoever has no worker to ask. */
  private Optional<Map<String, dev.temper.workflows.StageState>> outcome(RunSight sight) {
    return sight.isRunning() ? Optional.empty() : remote.outcome().map(RecipeOutcome::stages);
  }

  private void sees(String stage, PendingStage pending, Set<String> unpolled) {
    pending
        .progress()
        .ifPresent(seen -> mirror.progressed(stage, pending.attempt(), pending.earlier(), seen));
    boolean begun =
        mirror
            .record()
            .stage(stage)
            .filter(known -> known.status() != RunStatus.PENDING)
            .isPresent();
    if (!pending.waiting() && !begun) {
      // A worker has it and has not said anything yet.
      mirror.update(run -> run.with(stage, known -> known.started(pending.attemptInAll(), 0)));
    }
    if (pending.waiting() && pending.next().isEmpty() && !remote.isPolled(pending.queue())) {
      unpolled.add(pending.queue());
    }
  }

  private void askForLinks() {
    try {
      mirror.linked(remote.links().links());
      // What is not known once a stage has begun never will be.
      linksAnswered =
          mirror.record().stages().stream().anyMatch(stage -> stage.status() != RunStatus.PENDING);
    } catch (StatusRuntimeException e) {
      // A comfort; the next look asks again.
    }
  }

  private static RunRecord standing(RunRecord record, RunSight sight) {
    if (sight.isRunning()) {
      return record.goesOn(sight.runStatus());
    }
    Optional<String> why =
        record.stages().stream()
            .filter(stage -> stage.status() == RunStatus.FAILED)
            .findFirst()
            .map(stage -> "stage '%s': %s".formatted(stage.name(), stage.message().orElse("")));
    return record.ended(
        sight.runStatus(),
        sight.endedAt().orElseGet(Clock.systemUTC()::instant).toString(),
        sight.runStatus() == RunStatus.FINISHED
            ? Optional.empty()
            : why.or(() -> Optional.of("the run was " + sight.runStatus().text())));
  }

  private RunListener heard() {
    return new RunListener() {
      @Override
      public void changed(StageRecord stage) {}

      @Override
      public void progressed(ShownProgress seen) {
        progress.put(seen.stage(), seen);
      }

      @Override
      public void noted(String stage, String note) {}
    };
  }
}
