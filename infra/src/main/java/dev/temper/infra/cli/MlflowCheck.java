package dev.temper.infra.cli;

import dev.temper.infra.mlflow.Mlflow;
import dev.temper.infra.mlflow.MlflowFailure;
import java.util.Optional;

/** Looks for the MLflow server before a run starts, so that a wrong address is seen at once. */
final class MlflowCheck {

  private MlflowCheck() {}

  /**
   * Refuses a start that MLflow would not hear of.
   *
   * @param goesOn whether the run was started before: then a server that is down may come back, and
   *     only one that does not let us in, or that we do not believe, is a reason not to go on
   */
  static void before(TemperCommand root, boolean goesOn) {
    Optional<Mlflow> named = named(root);
    if (named.isEmpty()) {
      return;
    }
    try {
      named.get().probe();
    } catch (MlflowFailure e) {
      if (goesOn && !e.denied() && !e.distrusted()) {
        root.around()
            .err()
            .println("temper: MLflow is not there, the run goes on without it: " + e.getMessage());
        return;
      }
      throw new Refusal(
          ExitCode.SERVER, "MLflow cannot be used: %s; %s".formatted(e.getMessage(), hint(e)));
    }
  }

  private static String hint(MlflowFailure e) {
    if (e.denied()) {
      return "look at MLFLOW_TRACKING_USERNAME, _PASSWORD and _TOKEN";
    }
    return e.distrusted()
        ? "look at MLFLOW_TRACKING_SERVER_CERT_PATH"
        : "look at MLFLOW_TRACKING_URI, or run without it and 'temper sync' later";
  }

  /** The server that the environment names, if it names one in the right way. */
  static Optional<Mlflow> named(TemperCommand root) {
    try {
      return Mlflow.of(root.environment());
    } catch (IllegalArgumentException e) {
      throw Refusal.usage(e.getMessage());
    }
  }
}
