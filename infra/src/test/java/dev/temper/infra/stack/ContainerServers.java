package dev.temper.infra.stack;

import com.github.dockerjava.api.DockerClient;
import dev.temper.infra.stack.RealServers.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * Servers in containers, where a Docker engine answers: official images, or those that {@code
 * TEMPER_TEST_TEMPORAL_IMAGE}, {@code ..._MLFLOW_IMAGE} and {@code ..._S3_IMAGE} name.
 */
final class ContainerServers implements RealServers.Source {

  private static final long PATIENCE_NANOS = Duration.ofMinutes(2).toNanos();

  @Override
  public Optional<Supplier<Ending>> find(StackServer server, List<String> why) {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      why.add("no Docker engine answers");
      return Optional.empty();
    }
    return Optional.of(() -> Container.started(server));
  }

  private static String image(StackServer server) {
    String official =
        switch (server) {
          case TEMPORAL -> "temporalio/temporal:1.5.1";
          case MLFLOW -> "ghcr.io/mlflow/mlflow:v3.17.2";
          case S3 -> "minio/minio:RELEASE.2025-09-07T16-13-09Z";
        };
    return System.getenv().getOrDefault("TEMPER_TEST_" + server.name() + "_IMAGE", official);
  }

  /** One container; its ports on this machine are fixed, since others would change at a restart. */
  private record Container(
      StackServer server, GenericContainer<?> running, Map<String, String> settings)
      implements Ending {

    static Ending started(StackServer server) {
      Server kind = LocalStack.server(server);
      Map<String, String> settings = new LinkedHashMap<>(kind.newSettings());
      Ports free = new Ports();
      GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image(server)));
      List<String> bindings = new ArrayList<>();
      List<String> command = new ArrayList<>();
      try {
        for (Map.Entry<String, Integer> port : kind.ports().entrySet()) {
          int chosen = free.takeAny();
          settings.put(port.getKey(), Integer.toString(chosen));
          bindings.add("127.0.0.1:%d:%d".formatted(chosen, port.getValue()));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      switch (server) {
        case TEMPORAL -> {
          container.withCreateContainerCmdModifier(create -> create.withUser("0"));
          command.addAll(List.of("server", "start-dev", "--ip", "0.0.0.0", "--ui-ip", "0.0.0.0"));
          command.addAll(List.of("--db-filename", "/tmp/temporal.db", "--log-level", "warn"));
          TemporalDevServer.SEARCH_ATTRIBUTES.forEach(
              (name, type) -> command.addAll(List.of("--search-attribute", name + "=" + type)));
        }
        case MLFLOW -> {
          container.withEnv("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
          command.addAll(
              List.of("mlflow", "server", "--host", "0.0.0.0", "--port", "5000", "--workers", "1"));
          command.addAll(List.of("--backend-store-uri", "sqlite:////tmp/mlflow.db"));
          command.addAll(List.of("--artifacts-destination", "/tmp/artifacts"));
        }
        case S3 -> {
          container.withEnv(kind.variables(settings));
          container.withCopyFileToContainer(
              MountableFile.forHostPath(emptyFolder()), "/data/" + MinioServer.BUCKET);
          command.addAll(List.of("server", "--quiet", "--console-address", ":9001", "/data"));
        }
      }
      container.withCommand(command.toArray(String[]::new));
      container.setPortBindings(bindings);

      container.setWaitStrategy(new NoWait());
      container.start();
      Container started = new Container(server, container, Map.copyOf(settings));
      started.awaitReady();
      return started;
    }

    private static Path emptyFolder() {
      try {
        return Files.createTempDirectory("temper-bucket");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Map<String, String> environment() {
      return LocalStack.server(server).environment(settings);
    }

    @Override
    public String description() {
      return "container of " + running.getDockerImageName();
    }

    private void awaitReady() {
      long began = System.nanoTime();
      while (!ready()) {
        if (System.nanoTime() - began > PATIENCE_NANOS) {
          throw new IllegalStateException(description() + ": no answer;\n" + running.getLogs());
        }
        Thread.onSpinWait();
      }
    }

    private boolean ready() {
      try {
        return switch (server) {
          case TEMPORAL ->
              running.execInContainer("temporal", "operator", "cluster", "health").getExitCode()
                  == 0;
          case MLFLOW, S3 ->
              // Its readiness does not depend on the program.
              LocalStack.server(server).ready(null, settings, Map.of());
        };
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    private DockerClient docker() {
      return running.getDockerClient();
    }

    @Override
    public void kill() {
      docker().killContainerCmd(running.getContainerId()).exec();
      while (running.isRunning()) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void restart() {
      docker().startContainerCmd(running.getContainerId()).exec();
      awaitReady();
    }

    @Override
    public void freeze() {
      docker().pauseContainerCmd(running.getContainerId()).exec();
    }

    @Override
    public void thaw() {
      docker().unpauseContainerCmd(running.getContainerId()).exec();
    }

    @Override
    public void close() {
      running.stop();
    }
  }
}
