package dev.temper.infra.cli;

import dev.temper.infra.temporal.LiveOperations;
import dev.temper.infra.temporal.RemoteRun;
import dev.temper.infra.temporal.ServerException;
import dev.temper.infra.temporal.TemporalServer;
import java.io.IOException;
import java.util.Map;

/** Does something to a run on the Temporal server, and says that it was done. */
final class LiveCommand {

  /** One of the operations. */
  interface Operation {
    void apply(LiveOperations operations)
        throws LiveOperations.RefusedException, ServerException, InterruptedException;
  }

  private final TemperCommand root;
  private final String name;
  private final String run;

  LiveCommand(TemperCommand root, String name, String run) {
    this.root = root;
    this.name = name;
    this.run = run;
  }

  /** Returns the exit code. */
  int call(Operation operation, String done) throws IOException, InterruptedException {
    try (TemporalServer server = root.connect(name)) {
      operation.apply(new LiveOperations(new RemoteRun(server.client(), run), run));
    } catch (LiveOperations.RefusedException e) {
      throw Refusal.usage("'%s %s' was refused: %s".formatted(name, run, e.getMessage()));
    }
    if (root.json()) {
      new JsonLines(root.around().out()).print(Map.of("event", name, "run", run));
    } else {
      root.around().out().printf("run %s: %s%n", run, done);
    }
    return ExitCode.OK.number();
  }
}
