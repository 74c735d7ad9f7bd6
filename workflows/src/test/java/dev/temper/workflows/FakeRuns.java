package dev.temper.workflows;

import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps what it was told of begins and ends, and fails as often as it is said. */
final class FakeRuns implements RunActivities {

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final String refused;

  /** One that works. */
  FakeRuns() {
    this("");
  }

  /**
   * One that refuses for good.
   *
   * @param refused {@code begin} or {@code end}
   */
  FakeRuns(String refused) {
    this.refused = refused;
  }

  @Override
  public RunLinks begin(RecipeRun run) {
    told.add("begin " + run.run());
    refuse("begin");
    return new RunLinks(Map.of(RunLinks.MLFLOW_RUN, "4711", "mlflow.url", "http://there/4711"));
  }

  @Override
  public void end(RunEnd end) {
    told.add("end %s %s %s".formatted(end.run(), end.status(), end.stages().keySet()));
    refuse("end");
  }

  private void refuse(String what) {
    if (refused.equals(what)) {
      throw ApplicationFailure.newNonRetryableFailure("the tracker is away", "Unavailable");
    }
  }

  List<String> told() {
    return told;
  }
}
