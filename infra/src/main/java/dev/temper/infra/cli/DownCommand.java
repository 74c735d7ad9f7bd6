package dev.temper.infra.cli;

import dev.temper.infra.stack.LocalStack;
import dev.temper.infra.stack.StackException;
import dev.temper.infra.stack.StackServer;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stops what {@code temper up} started. */
@Command(name = "down", description = "stops the servers that 'up' started; their data stay")
final class DownCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SERVER",
      description = "only these of temporal, mlflow, s3")
  private Set<StackServer> only = EnumSet.allOf(StackServer.class);

  DownCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<StackServer> stopped;
    try {
      stopped = new LocalStack(root.home().path(), root.around().environment()).down(only);
    } catch (StackException e) {
      throw Refusal.preflight(e.getMessage());
    }
    for (StackServer server : stopped) {
      if (root.json()) {
        new JsonLines(root.around().out()).print(Map.of("server", server.id(), "stopped", true));
      } else {
        root.around().out().printf("%-9s stopped%n", server.title());
      }
    }
    if (stopped.isEmpty() && !root.json()) {
      root.around().out().println("nothing of it runs under " + root.home().path());
    }
    return ExitCode.OK.number();
  }
}
