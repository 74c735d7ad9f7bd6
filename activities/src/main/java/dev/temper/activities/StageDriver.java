package dev.temper.activities;

import dev.temper.trainers.Compute;
import dev.temper.trainers.StepwiseTask;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Makes any {@link StepwiseTask} durable: finds its artifact, or goes on from the newest checkpoint
 * that is whole, and publishes once. Knows nothing of Temporal.
 *
 * <p>Safe for several stages at once, also of several runs.
 */
public final class StageDriver {

  private final ArtifactStore store;
  private final RunTracker tracker;
  private final StageIdentities identities;
  private final StepwiseTask.Factory tasks;
  private final Compute compute;
  private final DataFiles files;
  private final DriverSettings settings;

  public StageDriver(
      ArtifactStore store,
      RunTracker tracker,
      StageIdentities identities,
      StepwiseTask.Factory tasks,
      Compute compute,
      DataFiles files,
      DriverSettings settings) {
    this.store = store;
    this.tracker = tracker;
    this.identities = identities;
    this.tasks = tasks;
    this.compute = compute;
    this.files = files;
    this.settings = settings;
  }

  /**
   * One attempt.
   *
   * @param attempt counted from 1
   * @param failures how earlier attempts ended
   * @throws dev.temper.trainers.StageFailure if no other attempt can succeed
   * @throws FencedException if a later attempt has taken over
   */
  public StageResult run(
      StageRequest request, int attempt, StageFailures failures, StageControl control)
      throws IOException, InterruptedException {
    StageIdentity identity = identities.of(request.stage().spec(), request.inputs());
    StageAttempt running =
        new StageAttempt(
            store,
            tracker,
            settings,
            request,
            identity,
            owner(request),
            attempt,
            failures,
            control);
    tracker.requested(request);
    running.store().keep(settings.place().root(request.run()), identity.key());
    StageResult result = running.cached().orElse(null);
    if (result == null) {
      result = lead(running, request, identity);
    }
    tracker.finished(request.run(), result);
    return result;
  }

  private String owner(StageRequest request) {
    return settings.place().owner(request.run(), request.stage().name());
  }

  private StageResult lead(StageAttempt running, StageRequest request, StageIdentity identity)
      throws IOException, InterruptedException {
    ArtifactStore watched = running.store();
    try (StageLease lease = watched.lease(identity.key(), owner(request), running.patience())) {
      try {
        return running.run(
            lease,
            from ->
                tasks.open(
                    new dev.temper.trainers.StageContext(
                        request.stage().spec(),
                        new ArtifactInputs(request, watched, files, running::beat),
                        compute),
                    from));
      } catch (IOException | UncheckedIOException e) {
        // An attempt that was replaced has lost its files to the sweep: say why, not what.
        lease.check();
        throw e;
      }
    }
  }
}
