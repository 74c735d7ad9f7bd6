package dev.temper.activities;

import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.Inspectable;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt at one stage, from its lease to its artifact. Used by one thread. */
final class StageAttempt {

  private static final Logger log = LoggerFactory.getLogger(StageAttempt.class);

  /** Opens the task, at step 0 or where a checkpoint left it. */
  interface Opening {
    StepwiseTask open(Optional<CheckpointReader> from) throws IOException;
  }

  private final ArtifactStore store;
  private final RunTracker tracker;
  private final DriverSettings settings;
  private final StageRequest request;
  private final StageIdentity identity;
  private final String owner;
  private final int attempt;
  private final StageControl control;
  private final String specHash;
  private final long startedNanos = System.nanoTime();
  private final List<String> notes = new ArrayList<>();
  private StageProgress progress;
  private String waitedFor = "";

  StageAttempt(
      ArtifactStore store,
      RunTracker tracker,
      DriverSettings settings,
      StageRequest request,
      StageIdentity identity,
      String owner,
      int attempt,
      StageFailures failures,
      StageControl control) {
    Thread mine = Thread.currentThread();
    // The writer of checkpoints waits, too, but must not hide that a step hangs.
    this.store =
        store.watched(
            () -> {
              if (Thread.currentThread() == mine) {
                beat();
              }
            });
    this.tracker = tracker;
    this.settings = settings;
    this.request = request;
    this.identity = identity;
    this.owner = owner;
    this.attempt = attempt;
    this.control = control;
    this.specHash = Sha256.of(identity.spec().toString());
    this.progress = new StageProgress(identity.kind(), attempt, 0, 0, 0, 0, failures);
  }

  /** Its store, which beats for it. */
  ArtifactStore store() {
    return store;
  }

  void beat() {
    control.report(progress);
  }

  /** Until the lease is given. */
  LeaseWait patience() {
    return new LeaseWait() {
      @Override
      public void waiting(String holder) {
        waitFor(holder);
      }

      @Override
      public void asking() {
        beat();
        control.stopIfAsked();
      }
    };
  }

  private void waitFor(String holder) {
    beat();
    control.stopIfAsked();
    if (!holder.equals(waitedFor)) {
      waitedFor = holder;
      note("waits for %s, which makes the same artifact".formatted(holder));
    }
  }

  /** The result, if the artifact is there. */
  Optional<StageResult> cached() throws IOException {
    Optional<StageResult> found = found();
    if (found.isPresent()) {
      store.tidy(identity.key(), owner);
    }
    return found;
  }

  private Optional<StageResult> found() throws IOException {
    Optional<Manifest> found = store.find(identity.key());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    StageFolder folder = folder();
    folder.deliver(store, found.get(), this::beat);
    committed(folder, found.get().steps());
    return Optional.of(result(found.get(), true));
  }

  StageResult run(StageLease lease, Opening opening) throws IOException, InterruptedException {
    Optional<StageResult> madeMeanwhile = found();
    if (madeMeanwhile.isPresent()) {
      lease.sweep();
      lease.prune(0);
      return madeMeanwhile.get();
    }
    control.stopIfAsked();
    lease.sweep();
    Optional<SavedCheckpoint> saved = lease.newestCheckpoint(this::fits, this::beat, this::note);
    Optional<TaskCheckpoint> from = saved.map(TaskCheckpoint::new);
    long start = from.map(TaskCheckpoint::step).orElse(0L);
    settings.failpoints().at("stage.restored", identity.kind());
    ByteBuffer lines = from.isPresent() ? from.get().journal() : ByteBuffer.allocate(0);
    StageFolder folder = folder();
    lease.whileHeld(
        () -> {
          folder.committed(start);
          return start;
        });
    try (MetricsJournal journal = lease.whileHeld(() -> folder.journal(lines));
        AttemptLog attempts = lease.whileHeld(() -> folder.attempts(attempt, start));
        StepwiseTask task = opening.open(from.map(checkpoint -> checkpoint));
        Checkpointer checkpointer = checkpointer(lease, saved, folder)) {
      if (task.step() != start) {
        throw new IllegalStateException(
            "the task is at step %d, its checkpoint at step %d".formatted(task.step(), start));
      }
      begin(task, start);
      tellCommitted(start); // an earlier process may have been killed before it could
      Loop loop = new Loop(lease, task, journal, attempts, checkpointer);
      try {
        loop.run();
      } catch (StageFailure e) {
        keepForInspection(e, task, folder);
        throw e;
      }
      Manifest made = publish(lease, task, journal);
      folder.deliver(store, made, this::beat);
      committed(folder, made.steps());
      return result(made, false);
    }
  }

  private boolean fits(CheckpointManifest manifest) {
    return manifest.specHash().equals(specHash)
        && manifest.numericsVersion() == identity.numericsVersion();
  }

  private Checkpointer checkpointer(
      StageLease lease, Optional<SavedCheckpoint> saved, StageFolder folder) {
    return new Checkpointer(
        lease,
        new Checkpointer.Origin(identity, specHash),
        saved.map(checkpoint -> checkpoint.manifest().chunks()).orElse(List.of()),
        saved.map(checkpoint -> checkpoint.manifest().step()).orElse(0L),
        settings.failpoints(),
        settings.writerDeadline(),
        step -> committed(folder, step));
  }

  private void committed(StageFolder folder, long step) throws IOException {
    folder.committed(step);
    tellCommitted(step);
  }

  private void tellCommitted(long step) {
    tracker.committed(request.run(), request.stage().name(), step);
  }

  private void begin(StepwiseTask task, long start) {
    progress =
        new StageProgress(
            identity.kind(), attempt, start, task.totalSteps(), start, start, progress.failures());
    log.info(
        "stage started stage={} kind={} attempt={} resumedFromStep={} totalSteps={}",
        request.stage().name(),
        identity.kind(),
        attempt,
        start,
        task.totalSteps());
    tracker.started(request.run(), request.stage().name(), progress);
    beat();
  }

  private Manifest publish(StageLease lease, StepwiseTask task, MetricsJournal journal)
      throws IOException {
    String kind = identity.kind();
    try (Staging staging = lease.begin()) {
      StagedArtifact artifact =
          new StagedArtifact(
              staging, this::beat, () -> settings.failpoints().at("artifact.file", kind));
      StageOutput output = task.finish(artifact);
      artifact.require(output);
      requireFinite(task.step(), output.summary());
      artifact.history(journal.history());
      Manifest manifest = manifest(task, artifact, output);
      settings.failpoints().at("artifact.before-publish", kind);
      boolean won = lease.publishArtifact(staging, manifest);
      settings.failpoints().at("artifact.after-publish", kind);
      if (!won) {
        requireSame(manifest, store.find(identity.key()).orElseThrow());
      }
      lease.prune(0);
      return manifest;
    }
  }

  private Manifest manifest(StepwiseTask task, StagedArtifact artifact, StageOutput output) {
    Map<String, Manifest.Source> inputs = new LinkedHashMap<>();
    request
        .inputs()
        .forEach(
            (name, input) ->
                inputs.put(name, new Manifest.Source(input.stage(), input.key(), input.content())));
    return new Manifest(
        identity.key(),
        identity.kind(),
        identity.spec(),
        inputs,
        settings.codeVersion(),
        identity.numericsVersion(),
        request.stage().spec().seed(),
        task.totalSteps(),
        artifact.files(),
        artifact.attachments(),
        output.outputs(),
        output.summary(),
        Manifest.content(artifact.files()));
  }

  /** Two makers of one key must agree to the bit, or a key says less than it must. */
  private static void requireSame(Manifest mine, Manifest published) {
    if (!published.content().equals(mine.content())) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT,
          "two runs of %s gave different results: %s and %s"
              .formatted(mine.key(), mine.content(), published.content()));
    }
  }

  private StageResult result(Manifest artifact, boolean cached) {
    return new StageResult(
        request.stage().name(),
        artifact.kind(),
        artifact.key(),
        artifact.content(),
        cached,
        attempt,
        progress.resumedFromStep(),
        artifact.steps(),
        (System.nanoTime() - startedNanos) / 1e9,
        artifact.outputs(),
        artifact.summary(),
        notes);
  }

  private void keepForInspection(StageFailure failure, StepwiseTask task, StageFolder folder) {
    if (failure.type() == StageFailure.Type.TRAINING_DIVERGED
        && task instanceof Inspectable inspectable) {
      try {
        inspectable.inspect(failure, new DivergedFiles(folder));
      } catch (IOException | RuntimeException e) {
        failure.addSuppressed(e); // the failure itself matters more
      }
    }
  }

  private void note(String text) {
    notes.add(text);
    tracker.note(request.run(), request.stage().name(), text);
  }

  private StageFolder folder() throws IOException {
    return new StageFolder(tracker.folder(request.run(), request.stage().name()), settings.clock());
  }

  private static void requireFinite(long step, Map<String, Double> values) {
    values.forEach(
        (name, value) -> {
          if (!Double.isFinite(value)) {
            throw new StageFailure(
                StageFailure.Type.TRAINING_DIVERGED,
                "%s is %s at step %d".formatted(name, value, step));
          }
        });
  }

  /** Step after step, with what makes each of them count. */
  private final class Loop {

    /** As a step begins, and inside it. */
    private final Pulse watched =
        new Pulse() {
          @Override
          public void beat() {
            at("stage.pulse");
          }

          @Override
          public void at(String moment) {
            StageAttempt.this.beat();
            settings.failpoints().at(moment, identity.kind());
          }
        };

    private final StageLease lease;
    private final StepwiseTask task;
    private final MetricsJournal journal;
    private final AttemptLog attempts;
    private final Checkpointer checkpointer;
    private final long startNanos = System.nanoTime();
    private long savedNanos = startNanos;

    Loop(
        StageLease lease,
        StepwiseTask task,
        MetricsJournal journal,
        AttemptLog attempts,
        Checkpointer checkpointer) {
      this.lease = lease;
      this.task = task;
      this.journal = journal;
      this.attempts = attempts;
      this.checkpointer = checkpointer;
    }

    void run() throws IOException, InterruptedException {
      while (task.step() < task.totalSteps()) {
        step();
        if (due()) {
          checkpointer.save(task, journal, StageAttempt.this::beat);
          savedNanos = System.nanoTime();
          if (request.stage().checkpointEverySteps() == 1) {
            // Half of one step is none: what is in flight would be more than the interval.
            checkpointer.drain(StageAttempt.this::beat);
          }
        }
        checkpointer.throwIfFailed(StageAttempt.this::beat);
        attempts.committed(checkpointer.committedStep());
        report();
        stopIfAsked();
      }
      checkpointer.drain(StageAttempt.this::beat);
      attempts.spent(checkpointer.spentSince(startNanos));
    }

    private void step() throws IOException {
      long expected = task.step() + 1;
      watched.beat();
      StepReport report = task.advance(watched);
      if (task.step() != expected) {
        throw new IllegalStateException(
            "after step %d the task says %d".formatted(expected, task.step()));
      }
      lease.check();
      attempts.executed(checkpointer.spentSince(startNanos));
      requireFinite(expected, report.metrics());
      if (!report.metrics().isEmpty()) {
        journal.append(expected, report.metrics());
        tracker.metrics(request.run(), request.stage().name(), expected, report.metrics());
      }
      settings.failpoints().at("stage.step", identity.kind());
    }

    /**
     * By steps if the stage says so, else by time; the last step needs none.
     *
     * <p>Twice in an interval: one checkpoint may still be in flight when the process is killed,
     * and what is lost then must not exceed the interval.
     */
    private boolean due() {
      int every = request.stage().checkpointEverySteps();
      boolean due =
          every > 0
              ? task.step() % Math.max(1, every / 2) == 0
              : System.nanoTime() - savedNanos >= settings.checkpointEvery().toNanos() / 2;
      return due && task.step() < task.totalSteps();
    }

    private void report() {
      progress =
          new StageProgress(
              identity.kind(),
              attempt,
              task.step(),
              task.totalSteps(),
              progress.resumedFromStep(),
              checkpointer.committedStep(),
              progress.failures());
      tracker.progress(request.run(), request.stage().name(), progress);
      beat();
    }

    private void stopIfAsked() throws IOException, InterruptedException {
      try {
        control.stopIfAsked();
      } catch (RuntimeException stop) {
        if (control.maySave(stop)) {
          checkpointer.save(task, journal, StageAttempt.this::beat);
          checkpointer.drain(StageAttempt.this::beat);
          note("stopped at step %d, saved".formatted(task.step()));
        }
        throw stop;
      }
    }
  }
}
