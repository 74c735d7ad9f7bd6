package dev.temper.infra.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Operation on a live run: move. */
@Command(name = "move", description = "puts a stage that does not run yet on another task queue")
final class MoveCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  @Option(names = "--stage", paramLabel = "S", required = true, description = "name of the stage")
  private String stage;

  @Option(names = "--queue", paramLabel = "Q", required = true, description = "name of the queue")
  private String queue;

  MoveCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return new LiveCommand(root, "move", run)
        .call(
            operations -> operations.move(stage, queue),
            "stage %s goes to queue %s".formatted(stage, queue));
  }
}
