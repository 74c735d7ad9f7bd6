package dev.temper.infra;

import dev.temper.activities.RunTracker;
import dev.temper.activities.StageFailpoints;
import dev.temper.infra.mlflow.Mlflow;
import dev.temper.infra.mlflow.MlflowTracker;
import dev.temper.infra.run.FolderTracker;
import dev.temper.infra.run.RunFolder;
import dev.temper.recipes.Recipe;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Who follows a run: always its folder, and MLflow where the environment names a server.
 *
 * @param tracker to be told what happens
 */
public record Tracking(RunTracker tracker, Optional<MlflowTracker> mlflow)
    implements AutoCloseable {

  /** The end of a run waits for MLflow this long; the rest can be sent later. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(10);

  /**
   * Puts them together.
   *
   * @throws IllegalArgumentException if the environment names a server in a wrong way
   */
  public static Tracking of(
      Map<String, String> environment,
      FolderTracker folderTracker,
      RunFolder folder,
      Recipe recipe,
      StageFailpoints failpoints) {
    Optional<MlflowTracker> mlflow =
        Mlflow.of(environment)
            .map(
                server ->
                    server.tracker(
                        folderTracker, folder, recipe, folderTracker::record, failpoints));
    return new Tracking(mlflow.<RunTracker>map(tracker -> tracker).orElse(folderTracker), mlflow);
  }

  /** For people: where a run's numbers go. */
  public static String shown(Map<String, String> environment) {
    return Mlflow.of(environment)
        .map(server -> "MLflow at " + server.server() + " and local journal")
        .orElse("local journal");
  }

  /** After the last change; says what MLflow lacks. */
  public Optional<String> end() {
    if (mlflow.isEmpty()) {
      return Optional.empty();
    }
    try {
      return mlflow.get().end(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted while MLflow was told the rest; 'temper sync' sends it");
    }
  }

  @Override
  public void close() {
    mlflow.ifPresent(MlflowTracker::close);
  }
}
