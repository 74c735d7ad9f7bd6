package dev.temper.infra.mlflow;

import dev.temper.activities.RunTracker;
import dev.temper.activities.StageProgress;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageRecord;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageKinds;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * Sends the stages that a worker computes, of whatever runs; the recipe's run in MLflow was made
 * when the run began, and is found by the run's name.
 */
public final class MlflowWork implements RunTracker, AutoCloseable {

  /** A run that MLflow was never told of is not looked for for ever. */
  private static final int LOOKS = 100;

  private record Key(String run, String stage) {}

  private record Work(StageRequest request, StageRecord record, int looks) {
    Work with(UnaryOperator<StageRecord> change) {
      return new Work(request, change.apply(record), looks);
    }

    boolean ended() {
      return record.status() == RunStatus.FINISHED || record.status() == RunStatus.FAILED;
    }
  }

  private final RunTracker followed;
  private final MlflowTransport transport;
  private final Path folder;
  private final String store;
  private final Batches.Moments moments;
  private final Map<Key, Work> works = new ConcurrentHashMap<>();
  private final Set<String> untold = ConcurrentHashMap.newKeySet();
  private final MlflowWriter<Key> writer;

  /**
   * Starts.
   *
   * @param folder with {@code <run>/stages/<stage>}
   */
  MlflowWork(
      RunTracker followed,
      MlflowTransport transport,
      Path folder,
      String store,
      Batches.Moments moments,
      MlflowWriter.Pace pace) {
    this.followed = followed;
    this.transport = transport;
    this.folder = folder;
    this.store = store;
    this.moments = moments;
    this.writer = new MlflowWriter<>(new Stages(), pace);
  }

  private final class Stages implements MlflowWriter.Sending<Key> {

    @Override
    public void changed(Key key) throws IOException {
      Work work = works.get(key);
      if (work == null) {
        return;
      }
      Optional<ServerRuns.Known> known =
          new ServerRuns(new MlflowCalls(transport)).newest(key.run());
      if (known.isEmpty()) {
        miss(key, work);
        return;
      }
      StageRecord record = work.record();
      sender(key, work, known.get()).stage(record(key, record, known.get()), key.stage());
      if (work.ended()) {
        works.remove(key, work);
      }
    }

    @Override
    public void together(boolean last) {
      // The recipe's run belongs to those who began it.
    }

    @Override
    public void forget() {
      // Ids are looked up each time.
    }
  }

  private void miss(Key key, Work work) {
    if (work.ended() && work.looks() >= LOOKS) {
      works.remove(key, work);
      untold.add(key.run());
      return;
    }
    works.computeIfPresent(
        key, (same, now) -> new Work(now.request(), now.record(), now.looks() + 1));
    throw MlflowFailure.answered(
        "search for run %s at %s".formatted(key.run(), transport.server()),
        503,
        "",
        "MLflow has not been told of it yet",
        0);
  }

  private RunSender sender(Key key, Work work, ServerRuns.Known known) {
    Recipe alone = new Recipe(known.experiment(), 0, List.of(work.request().stage()));
    return new RunSender(
        transport,
        new TrackedRun(key.run(), alone, known.hash(), Optional.empty(), folder.resolve(key.run())),
        moments);
  }

  private RunRecord record(Key key, StageRecord stage, ServerRuns.Known known) {
    return new RunRecord(
        key.run(),
        known.experiment(),
        known.hash(),
        RunStatus.RUNNING,
        store,
        "",
        Optional.empty(),
        Optional.empty(),
        List.of(stage));
  }

  /**
   * Sends what is not sent yet, and waits for that.
   *
   * @return why MLflow does not have all; empty if it has
   */
  public Optional<String> end(Duration limit) throws InterruptedException {
    String problem = writer.end(limit);
    if (problem.isEmpty() && !untold.isEmpty()) {
      return Optional.of("it was never told of the runs " + untold);
    }
    return Optional.of(problem).filter(why -> !why.isEmpty());
  }

  @Override
  public void close() {
    writer.close();
  }

  private void change(String run, String stage, UnaryOperator<StageRecord> change) {
    Key key = new Key(run, stage);
    works.computeIfPresent(key, (same, work) -> work.with(change));
    writer.add(key);
  }

  @Override
  public Path folder(String run, String stage) throws IOException {
    return followed.folder(run, stage);
  }

  @Override
  public void requested(StageRequest request) {
    followed.requested(request);
    StageRecord pending =
        StageRecord.pending(
            request.stage().name(),
            StageKinds.of(request.stage().spec()),
            StageInputs.of(request.stage().spec()).stream().map(input -> input.text()).toList());
    works.put(new Key(request.run(), request.stage().name()), new Work(request, pending, 0));
  }

  @Override
  public void started(String run, String stage, StageProgress progress) {
    followed.started(run, stage, progress);
    change(run, stage, known -> known.started(progress.attempt(), progress.resumedFromStep()));
  }

  @Override
  public void progress(String run, String stage, StageProgress progress) {
    followed.progress(run, stage, progress);
  }

  @Override
  public void metrics(String run, String stage, long step, Map<String, Double> metrics) {
    followed.metrics(run, stage, step, metrics);
  }

  @Override
  public void committed(String run, String stage, long step) {
    followed.committed(run, stage, step);
    writer.add(new Key(run, stage));
  }

  @Override
  public void note(String run, String stage, String note) {
    followed.note(run, stage, note);
  }

  @Override
  public void finished(String run, StageResult result) {
    followed.finished(run, result);
    change(
        run,
        result.stage(),
        known ->
            known.finished(
                result.cached() && known.attempts() == 0,
                result.steps(),
                result.key(),
                result.content(),
                result.metrics()));
  }

  @Override
  public void failed(String run, String stage, StageEnd end) {
    followed.failed(run, stage, end);
    if (end.last()) {
      change(run, stage, known -> known.with(RunStatus.FAILED, end.type() + ": " + end.message()));
    }
  }
}
