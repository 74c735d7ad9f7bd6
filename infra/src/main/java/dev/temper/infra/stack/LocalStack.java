package dev.temper.infra.stack;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The servers that {@code temper up} starts: real processes on the loopback interface that outlive
 * the command, with ports, credentials and data under {@code <home>/stack}.
 */
public final class LocalStack {

  /** Stands for the port that the server had last, or any free one. */
  public static final int ANY_PORT = 0;

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final Duration TO_DIE = Duration.ofSeconds(10);

  private final Path home;
  private final Programs programs;
  private final Launcher launcher;
  private final Duration patience;
  private final Duration grace;

  /**
   * @param home the folder under which everything lies
   * @param environment where programs are looked for, and what they inherit
   */
  public LocalStack(Path home, Map<String, String> environment) {
    this(home, environment, PATIENCE, GRACE);
  }

  LocalStack(Path home, Map<String, String> environment, Duration patience, Duration grace) {
    this.home = home.toAbsolutePath();
    this.programs = new Programs(environment);
    this.launcher = new Launcher(programs, environment);
    this.patience = patience;
    this.grace = grace;
  }

  /**
   * Starts what of these servers does not run, and waits until all answer. If one does not, those
   * that this call started are stopped again.
   *
   * @param wanted the servers
   * @param ports ports by server and name ({@code port}, {@code ui-port}) that have to be just
   *     these; others are chosen
   * @param news told in words what the user did not ask for
   * @throws StackException if one cannot start; the message names the server and what helps
   */
  public List<RunningServer> up(
      Set<StackServer> wanted, Map<StackServer, Map<String, Integer>> ports, Consumer<String> news)
      throws IOException, InterruptedException {
    PrivateFile.folder(home.resolve("stack"));
    try (FileChannel lock = lock()) {
      List<Start> starts = starts(wanted, ports, news);
      try {
        for (Start start : starts) {
          launcher.launch(start);
        }
        for (Start start : starts) {
          launcher.await(start, patience);
        }
      } catch (IOException | InterruptedException | RuntimeException e) {
        for (Start start : starts) {
          if (!start.wasRunning()) {
            stop(start.folder());
          }
        }
        throw e;
      } finally {
        writeEnvironment();
      }
      return starts.stream().map(Start::running).toList();
    }
  }

  /** Stops servers; their data, ports and credentials stay. Returns those that ran. */
  public List<StackServer> down(Set<StackServer> unwanted)
      throws IOException, InterruptedException {
    if (!home.resolve("stack").toFile().isDirectory()) {
      return List.of();
    }
    try (FileChannel lock = lock()) {
      List<StackServer> stopped = new ArrayList<>();
      for (StackServer server : unwanted) {
        if (stop(ServerFolder.of(home, server))) {
          stopped.add(server);
        }
      }
      writeEnvironment();
      return stopped;
    }
  }

  /** Servers that were up once in a home and do not run now. */
  public static List<StackServer> idle(Path home) throws IOException {
    List<StackServer> idle = new ArrayList<>();
    for (StackServer server : StackServer.values()) {
      ServerFolder folder = ServerFolder.of(home, server);
      if (!folder.settings().isEmpty() && folder.processes().isEmpty()) {
        idle.add(server);
      }
    }
    return idle;
  }

  /** The processes of a server that are alive, the one first that started the others. */
  public List<ProcessHandle> alive(StackServer server) throws IOException {
    return processes(server).stream().flatMap(process -> process.handle().stream()).toList();
  }

  /** The processes of a server that are alive. */
  List<OwnProcess> processes(StackServer server) throws IOException {
    return ServerFolder.of(home, server).processes();
  }

  private List<Start> starts(
      Set<StackServer> wanted, Map<StackServer, Map<String, Integer>> asked, Consumer<String> news)
      throws IOException {
    List<String> missing = new ArrayList<>();
    Ports free = new Ports();
    List<Start> starts = new ArrayList<>();
    for (StackServer id : wanted) {
      Optional<Path> program = programs.find(id);
      if (program.isEmpty()) {
        missing.add(id.program());
        continue;
      }
      Server server = server(id);
      ServerFolder folder = ServerFolder.of(home, id);
      Map<String, String> settings = new TreeMap<>(server.newSettings());
      settings.putAll(folder.settings());
      boolean running = !folder.processes().isEmpty();
      Map<String, Integer> exact = asked.getOrDefault(id, Map.of());
      for (Map.Entry<String, Integer> port : server.ports().entrySet()) {
        String name = port.getKey();
        Optional<Integer> own = Optional.ofNullable(exact.get(name));
        Optional<Integer> last = Optional.ofNullable(settings.get(name)).map(Integer::valueOf);
        int usual = last.orElse(port.getValue());
        int chosen;
        if (running) {
          chosen = keep(id, name, own, usual);
        } else if (own.isPresent() && own.get() == ANY_PORT) {
          chosen = last.isPresent() && free.take(usual) ? usual : free.takeAny();
        } else {
          chosen = choose(id, name, own, usual, free, news);
        }
        settings.put(name, Integer.toString(chosen));
      }
      starts.add(new Start(server, program.get(), folder, settings, running));
    }
    if (!missing.isEmpty()) {
      throw new StackException(
          "cannot find %s (looked in %s and on the PATH). Install with: infra/servers/install.sh %s"
              .formatted(
                  String.join(", ", missing),
                  programs.cache().map(Path::toString).orElse("no cache folder: HOME is not set"),
                  String.join(" ", missing)));
    }
    return starts;
  }

  /** A server that runs stays where it is. */
  private static int keep(StackServer id, String name, Optional<Integer> asked, int now)
      throws StackException {
    if (asked.isPresent() && asked.get() != now && asked.get() != ANY_PORT) {
      throw new StackException(
          "%s runs with %s %d and was asked for %d: first `temper down --only %s`"
              .formatted(id.title(), name, now, asked.get(), id));
    }
    return now;
  }

  private static int choose(
      StackServer id,
      String name,
      Optional<Integer> asked,
      int usual,
      Ports free,
      Consumer<String> news)
      throws StackException {
    if (asked.isPresent()) {
      if (!free.take(asked.get())) {
        throw new StackException(
            "%s cannot have %s %d: another process listens there. Choose another one, or leave the option out"
                .formatted(id.title(), name, asked.get()));
      }
      return asked.get();
    }
    int chosen = free.takeFrom(usual);
    if (chosen < 0) {
      throw new StackException(
          "%s finds no free port from %d on; choose one by option".formatted(id.title(), usual));
    }
    if (chosen != usual) {
      news.accept("%s: %s %d is taken, using %d".formatted(id.title(), name, usual, chosen));
    }
    return chosen;
  }

  static Server server(StackServer id) {
    return switch (id) {
      case TEMPORAL -> new TemporalDevServer();
      case MLFLOW -> new MlflowServer();
      case S3 -> new MinioServer();
    };
  }

  /**
   * Asks a server's processes to end, and ends those that do not. Returns whether there were any.
   */
  private boolean stop(ServerFolder folder) throws IOException, InterruptedException {
    List<OwnProcess> processes = launcher.withDescendants(folder.processes());
    if (!processes.isEmpty()) {
      // The first process stops those that it started.
      processes.get(0).handle().ifPresent(ProcessHandle::destroy);
      long deadline = System.nanoTime() + grace.toNanos();
      while (processes.stream().anyMatch(OwnProcess::alive) && System.nanoTime() - deadline < 0) {
        Thread.sleep(20);
        if (!processes.get(0).alive()) {
          // A process whose parent was killed is asked itself.
          processes.stream()
              .flatMap(left -> left.handle().stream())
              .forEach(ProcessHandle::destroy);
        }
      }
      for (OwnProcess left : processes) {
        left.handle().ifPresent(ProcessHandle::destroyForcibly);
      }
      deadline = System.nanoTime() + TO_DIE.toNanos();
      while (processes.stream().anyMatch(OwnProcess::alive)) {
        if (System.nanoTime() - deadline > 0) {
          throw new StackException(
              "processes %s do not end, not even by SIGKILL; their log is %s"
                  .formatted(
                      processes.stream().filter(OwnProcess::alive).map(OwnProcess::pid).toList(),
                      folder.log()));
        }
        Thread.sleep(10);
      }
    }
    folder.forgetProcesses();
    return !processes.isEmpty();
  }

  /** The variables of the servers that run. */
  private void writeEnvironment() throws IOException {
    Map<String, String> variables = new LinkedHashMap<>();
    for (StackServer id : StackServer.values()) {
      ServerFolder folder = ServerFolder.of(home, id);
      if (!folder.processes().isEmpty()) {
        variables.putAll(server(id).environment(folder.settings()));
      }
    }
    StackEnvironment.write(home, variables);
  }

  private FileChannel lock() throws IOException {
    FileChannel channel =
        FileChannel.open(
            home.resolve("stack").resolve("lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // held by another thread of this process
    }
    channel.close();
    throw new StackException(
        "another `temper up` or `temper down` is at work in " + home.resolve("stack"));
  }
}
