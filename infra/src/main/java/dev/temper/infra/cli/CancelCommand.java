package dev.temper.infra.cli;

import dev.temper.infra.temporal.LiveOperations;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Operation on a live run: cancel. */
@Command(name = "cancel", description = "ends a run; its stages commit a checkpoint before")
final class CancelCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  CancelCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return new LiveCommand(root, "cancel", run)
        .call(
            LiveOperations::cancel,
            "every running stage commits a checkpoint and ends, and the run with them; the command that started it continues it");
  }
}
