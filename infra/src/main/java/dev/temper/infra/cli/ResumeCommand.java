package dev.temper.infra.cli;

import dev.temper.infra.temporal.LiveOperations;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Operation on a live run: resume. */
@Command(name = "resume", description = "lets a paused run go on")
final class ResumeCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  ResumeCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return new LiveCommand(root, "resume", run).call(LiveOperations::resume, "goes on");
  }
}
