package dev.temper.infra.cli;

import dev.temper.infra.stack.LocalStack;
import dev.temper.infra.stack.RunningServer;
import dev.temper.infra.stack.StackException;
import dev.temper.infra.stack.StackServer;
import java.io.IOException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts Temporal, MLflow and an S3 server on this machine. */
@Command(
    name = "up",
    description = {
      "starts Temporal, MLflow and an S3 server on this machine",
      "",
      "The servers are real processes that listen on this machine alone and outlive the command. "
          + "Their data lie under the home folder; 'down' stops them and keeps the data. While they "
          + "run, the other commands with the same home folder use them. A second 'up' restarts "
          + "what has died."
    })
final class UpCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "SERVER",
      description = "only these of temporal, mlflow, s3")
  private Set<StackServer> only = EnumSet.allOf(StackServer.class);

  @Option(
      names = "--temporal-port",
      paramLabel = "PORT",
      description = "port of Temporal; default: 7233 or the next free one")
  private Integer temporalPort;

  @Option(
      names = "--temporal-ui-port",
      paramLabel = "PORT",
      description = "port of Temporal's UI; default: 8233 or the next free one")
  private Integer temporalUiPort;

  @Option(
      names = "--mlflow-port",
      paramLabel = "PORT",
      description = "port of MLflow; default: 5000 or the next free one")
  private Integer mlflowPort;

  @Option(
      names = "--s3-port",
      paramLabel = "PORT",
      description = "port of the S3 server; default: 9000 or the next free one")
  private Integer s3Port;

  @Option(
      names = "--s3-ui-port",
      paramLabel = "PORT",
      description = "port of the S3 server's UI; default: 9001 or the next free one")
  private Integer s3UiPort;

  UpCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<StackServer, Map<String, Integer>> ports = new EnumMap<>(StackServer.class);
    ask(ports, StackServer.TEMPORAL, "port", temporalPort, "--temporal-port");
    ask(ports, StackServer.TEMPORAL, "ui-port", temporalUiPort, "--temporal-ui-port");
    ask(ports, StackServer.MLFLOW, "port", mlflowPort, "--mlflow-port");
    ask(ports, StackServer.S3, "port", s3Port, "--s3-port");
    ask(ports, StackServer.S3, "ui-port", s3UiPort, "--s3-ui-port");
    try {
      List<RunningServer> servers =
          new LocalStack(root.home().path(), root.around().environment())
              .up(only, ports, news -> root.around().err().println("temper: " + news));
      servers.forEach(root.json() ? this::printJson : this::print);
    } catch (StackException e) {
      throw Refusal.preflight(e.getMessage());
    }
    if (!root.json()) {
      root.around()
          .out()
          .printf(
              "%nvariables and keys: %s%nnext: temper worker, and in another terminal temper run RECIPE%n",
              root.home().path().resolve("stack").resolve("environment"));
    }
    return ExitCode.OK.number();
  }

  private static void ask(
      Map<StackServer, Map<String, Integer>> ports,
      StackServer server,
      String name,
      Integer port,
      String option) {
    if (port == null) {
      return;
    }
    if (port < 1 || port > 65_535) {
      throw Refusal.usage("%s must be in [1, 65535], got %d".formatted(option, port));
    }
    ports.computeIfAbsent(server, first -> new LinkedHashMap<>()).put(name, port);
  }

  private void print(RunningServer server) {
    root.around()
        .out()
        .printf(
            Locale.ROOT,
            "%-9s %-28s %s%n",
            server.server().title(),
            server.link(),
            server.started()
                ? "up in %.1f s".formatted(server.took().toMillis() / 1000.0)
                : "is up");
  }

  private void printJson(RunningServer server) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("server", server.server().id());
    line.put("link", server.link());
    line.put("started", server.started());
    line.put("seconds", server.took().toMillis() / 1000.0);
    new JsonLines(root.around().out()).print(line);
  }
}
