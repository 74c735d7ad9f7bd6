package dev.temper.infra.mlflow;

import dev.temper.activities.RunTracker;
import dev.temper.activities.StageProgress;
import dev.temper.infra.run.RunRecord;
import dev.temper.workflows.StageRequest;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.mlflow.api.proto.Service.Run;

/**
 * Lets another tracker follow a run, and has what has become final of it sent from the run's folder
 * by a thread of its own.
 */
public final class MlflowTracker implements RunTracker, AutoCloseable {

  private final RunTracker followed;
  private final RunSender sender;
  private final Supplier<RunRecord> record;
  private final MlflowWriter<String> writer;
  private volatile boolean ended;
  private volatile Optional<String> page = Optional.empty();

  MlflowTracker(
      RunTracker followed, RunSender sender, Supplier<RunRecord> record, MlflowWriter.Pace pace) {
    this.followed = followed;
    this.sender = sender;
    this.record = record;
    this.writer = new MlflowWriter<>(new OneRun(), pace);
  }

  private final class OneRun implements MlflowWriter.Sending<String> {

    @Override
    public void changed(String stage) throws IOException {
      if (ended) {
        return; // all of it comes at once
      }
      sender.stage(record.get(), stage);
    }

    @Override
    public void together(boolean last) throws IOException {
      Run run = last ? sender.all(record.get()) : sender.recipe(record.get());
      page = Optional.of(sender.page(run));
    }

    @Override
    public void forget() {
      sender.forget();
    }
  }

  /** Where a person sees the run; empty until MLflow has been told of it. */
  public Optional<String> page() {
    return page;
  }

  /**
   * Sends the whole run once more now that it has ended, and waits for that.
   *
   * @return what is not in MLflow and why; empty if all is
   */
  public Optional<String> end(Duration limit) throws InterruptedException {
    ended = true;
    String problem = writer.end(limit);
    if (!problem.isEmpty()) {
      return Optional.of(
          "MLflow does not have all of this run yet (%s); 'temper sync %s' sends the rest"
              .formatted(problem, record.get().run()));
    }
    List<String> losses = sender.losses();
    return losses.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "MLflow refused %d values or files of this run, the first: %s"
                .formatted(losses.size(), losses.get(0)));
  }

  /** Stops sending; what was not sent is still in the folder. */
  @Override
  public void close() {
    writer.close();
  }

  @Override
  public Path folder(String run, String stage) throws IOException {
    return followed.folder(run, stage);
  }

  @Override
  public void requested(StageRequest request) {
    followed.requested(request);
  }

  @Override
  public void started(String run, String stage, StageProgress progress) {
    followed.started(run, stage, progress);
    writer.add(stage);
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
    writer.add(stage);
  }

  @Override
  public void note(String run, String stage, String note) {
    followed.note(run, stage, note);
  }

  @Override
  public void finished(String run, StageResult result) {
    followed.finished(run, result);
    writer.add(result.stage());
  }

  @Override
  public void failed(String run, String stage, StageEnd end) {
    followed.failed(run, stage, end);
    writer.add(stage);
  }
}
