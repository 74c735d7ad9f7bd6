package dev.temper.infra.chaos;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.temper.activities.HaltAt;
import dev.temper.infra.stack.LocalStack;
import dev.temper.infra.stack.StackException;
import dev.temper.infra.stack.StackServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A run on servers of its own: Temporal, S3 and MLflow under the run's home, a worker process, and
 * the client that started the run and waits for its end.
 */
final class StackArena implements Arena {

  private static final Map<Target, StackServer> SERVERS =
      Map.of(
          Target.SERVER, StackServer.TEMPORAL,
          Target.STORE, StackServer.S3,
          Target.TRACKER, StackServer.MLFLOW);

  private static final int TRIES = 3;

  /** So that a take-over does not take a minute; no result depends on them. */
  private static final String QUICK =
      "{timeouts: {heartbeatSeconds: 5}, retry: {initialSeconds: 1}}";

  private final Path home;
  private final List<String> temper;
  private final Path recipe;
  private final Map<String, String> environment;
  private final LocalStack stack;
  private Process worker;
  private Process client;

  StackArena(Path home, List<String> temper, Path recipe, Map<String, String> environment) {
    this.home = home;
    this.temper = List.copyOf(temper);
    this.recipe = recipe;
    this.environment = new TreeMap<>(environment);
    this.stack = new LocalStack(home, environment);
  }

  @Override
  public Set<Target> targets() {
    return EnumSet.allOf(Target.class);
  }

  @Override
  public void revive() throws IOException, InterruptedException {
    Files.createDirectories(home);
    servers();
    if (client == null) {
      client =
          start("client", List.of("run", recipe.toString(), "-f", quick().toString(), "--plain"));
    }
    if (worker == null || !worker.isAlive()) {
      worker = start("worker", List.of("worker"));
    }
  }

  /** A server that was just killed may leave its port for a moment. */
  private void servers() throws IOException, InterruptedException {
    Map<StackServer, Map<String, Integer>> anyPorts =
        Map.of(
            StackServer.TEMPORAL, ports("port", "ui-port"),
            StackServer.S3, ports("port", "ui-port"),
            StackServer.MLFLOW, ports("port"));
    for (int left = TRIES; ; left--) {
      try {
        stack.up(EnumSet.allOf(StackServer.class), anyPorts, news -> {});
        return;
      } catch (StackException e) {
        if (left == 0) {
          throw e;
        }
        TimeUnit.SECONDS.sleep(1);
      }
    }
  }

  /** An overlay that lets every stage be taken over soon. */
  private Path quick() throws IOException {
    StringBuilder yaml = new StringBuilder("stages:\n");
    new YAMLMapper()
        .readTree(recipe.toFile())
        .path("stages")
        .fieldNames()
        .forEachRemaining(
            stage -> yaml.append("  ").append(stage).append(": ").append(QUICK).append('\n'));
    return Files.writeString(home.resolve("quick.yaml"), yaml);
  }

  private static Map<String, Integer> ports(String... names) {
    Map<String, Integer> ports = new TreeMap<>();
    for (String name : names) {
      ports.put(name, LocalStack.ANY_PORT);
    }
    return ports;
  }

  private Process start(String name, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(temper);
    command.addAll(List.of("--home", home.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put(HaltAt.VARIABLE, "@" + moment());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve(name + ".log").toFile()))
        .start();
  }

  @Override
  public boolean ended() {
    return client != null && !client.isAlive();
  }

  /** The worker ends as an operator ends it. */
  @Override
  public void settle() throws IOException, InterruptedException {
    servers();
    worker.destroy();
    worker.waitFor();
  }

  @Override
  public void sync() throws IOException, InterruptedException {
    Process sync = start("sync", List.of("sync", RunTrace.of(home).name()));
    if (sync.waitFor() != 0) {
      throw new IllegalStateException("temper sync failed, see " + home.resolve("sync.log"));
    }
  }

  @Override
  public int exitCode() {
    return client.exitValue();
  }

  @Override
  public void kill(Target target) throws IOException, InterruptedException {
    if (target == Target.WORKER) {
      worker.destroyForcibly().waitFor();
    } else {
      for (ProcessHandle process : stack.alive(SERVERS.get(target))) {
        process.destroyForcibly();
      }
    }
  }

  @Override
  public List<Long> processes(Target target) throws IOException {
    List<ProcessHandle> processes =
        target == Target.WORKER
            ? Stream.ofNullable(worker).map(Process::toHandle).toList()
            : stack.alive(SERVERS.get(target));
    return processes.stream().filter(ProcessHandle::isAlive).map(ProcessHandle::pid).toList();
  }

  @Override
  public Path moment() {
    return home.resolve(RunTrace.MOMENT);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    for (Process process : new Process[] {client, worker}) {
      if (process != null) {
        process.destroyForcibly().waitFor();
      }
    }
    stack.down(EnumSet.allOf(StackServer.class));
  }
}
