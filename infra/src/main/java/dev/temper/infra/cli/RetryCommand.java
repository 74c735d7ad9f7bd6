package dev.temper.infra.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Operation on a live run: retry. */
@Command(
    name = "retry",
    description = "starts a failed stage of a run again, with its back-off and failures forgotten")
final class RetryCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  @Option(names = "--stage", paramLabel = "S", required = true, description = "name of the stage")
  private String stage;

  RetryCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return new LiveCommand(root, "retry", run)
        .call(operations -> operations.retry(stage), "stage %s is tried again".formatted(stage));
  }
}
