package dev.temper.infra.cli;

import dev.temper.infra.temporal.LiveOperations;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Operation on a live run: pause. */
@Command(
    name = "pause",
    description = "lets the running stages of a run commit a checkpoint and end, until 'resume'")
final class PauseCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  PauseCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return new LiveCommand(root, "pause", run)
        .call(
            LiveOperations::pause,
            "every running stage commits a checkpoint and ends; none starts until 'temper resume'");
  }
}
