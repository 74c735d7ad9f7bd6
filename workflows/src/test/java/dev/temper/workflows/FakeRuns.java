package dev.temper.workflows;

import dev.temper.recipes.Recipe;
import dev.temper.recipes.Stage;
import io.temporal.failure.ApplicationFailure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Keeps what it was told of begins and ends, and fails as often as it is said. */
final class FakeRuns implements RunActivities {

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<Map<String, String>> queues = new CopyOnWriteArrayList<>();
  private volatile Map<String, String> queuesAtBegin = Map.of();
  private final String refused;
  private final CountDownLatch endIsTold = new CountDownLatch(1);
  private final Optional<CountDownLatch> mayEnd;

  /** One that works. */
  FakeRuns() {
    this("", Optional.empty());
  }

  /**
   * One that refuses for good.
   *
   * @param refused {@code begin} or {@code end}
   */
  FakeRuns(String refused) {
    this(refused, Optional.empty());
  }

  /** One that takes its time with the first end. */
  static FakeRuns whoseEndWaits(CountDownLatch mayEnd) {
    return new FakeRuns("", Optional.of(mayEnd));
  }

  private FakeRuns(String refused, Optional<CountDownLatch> mayEnd) {
    this.refused = refused;
    this.mayEnd = mayEnd;
  }

  /** Waits until an end is being told. */
  void awaitEnd() throws InterruptedException {
    if (!endIsTold.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("no end was told: " + told);
    }
  }

  @Override
  public RunLinks begin(RecipeRun run) {
    told.add("begin " + run.run());
    queuesAtBegin = queues(run.recipe());
    refuse("begin");
    return new RunLinks(Map.of(RunLinks.MLFLOW_RUN, "4711", "mlflow.url", "http://there/4711"));
  }

  @Override
  public void end(RunEnd end) {
    told.add("end %s %s %s".formatted(end.run(), end.status(), end.stages().keySet()));
    queues.add(queues(end.recipe()));
    endIsTold.countDown();
    mayEnd.ifPresent(FakeRuns::await);
    refuse("end");
  }

  private void refuse(String what) {
    if (refused.equals(what)) {
      throw ApplicationFailure.newNonRetryableFailure("the tracker is away", "Unavailable");
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, String> queues(Recipe recipe) {
    return recipe.stages().stream().collect(Collectors.toMap(Stage::name, Stage::queue));
  }

  Map<String, String> queuesAtBegin() {
    return queuesAtBegin;
  }

  /** Queues of the stages in the recipe of each end, by stage. */
  List<Map<String, String>> queues() {
    return queues;
  }

  List<String> told() {
    return told;
  }
}
