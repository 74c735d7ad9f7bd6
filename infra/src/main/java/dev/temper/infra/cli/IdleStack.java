package dev.temper.infra.cli;

import dev.temper.infra.Tracking;
import dev.temper.infra.stack.LocalStack;
import dev.temper.infra.stack.StackServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says that servers which this home once had do not run, before a run goes without them. */
final class IdleStack {

  private IdleStack() {}

  /**
   * Warns in one line, if there is anything to warn of.
   *
   * @param embedded whether the run was asked to stay inside this process
   */
  static void warn(TemperCommand root, boolean embedded) throws IOException {
    Map<String, String> environment = root.environment();
    List<String> idle = new ArrayList<>();
    List<String> instead = new ArrayList<>();
    for (StackServer server : LocalStack.idle(root.home().path())) {
      Optional<String> substitute =
          switch (server) {
            case TEMPORAL ->
                embedded || root.server().isPresent()
                    ? Optional.empty()
                    : Optional.of("Temporal inside this process");
            case MLFLOW ->
                environment.getOrDefault("MLFLOW_TRACKING_URI", "").isEmpty()
                    ? Optional.of("the " + Tracking.shown(environment))
                    : Optional.empty();
            case S3 ->
                root.choosesStore() ? Optional.empty() : Optional.of("the store " + root.store());
          };
      if (substitute.isPresent()) {
        idle.add(server.title());
        instead.add(substitute.get());
      }
    }
    if (!idle.isEmpty()) {
      root.around()
          .err()
          .printf(
              "temper: %s of this home %s not up ('temper up' starts what is missing); this run uses %s instead%n",
              String.join(", ", idle), idle.size() == 1 ? "is" : "are", String.join(", ", instead));
    }
  }
}
