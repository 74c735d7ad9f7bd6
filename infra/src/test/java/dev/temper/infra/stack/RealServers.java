package dev.temper.infra.stack;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toSet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Executable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

/**
 * Gives tests real servers, each by the first of these ways that there is: the one that the file
 * named by {@code TEMPER_TEST_ENVIRONMENT} has the variables of (the environment file of {@code
 * temper up} is one), a program on this machine, a container where a Docker engine answers. Says at
 * the end, on standard output and in {@code target/real-servers.txt}, what the tests ran against.
 */
public final class RealServers implements ExecutionCondition, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(RealServers.class);

  /** A real server that tests use. */
  public interface Handle {

    StackServer server();

    /** The variables by which Temper's commands find it; they hold its keys. */
    Map<String, String> environment();

    /** Its version and where it comes from, for people. */
    String description();

    /**
     * Kills all its processes at once, as {@code kill -9} does. Skips the test if that cannot be.
     */
    void kill();

    /** Starts it again, on the same port and data, and waits until it answers. */
    void restart();

    /** Makes it hang (SIGSTOP) until {@link #thaw}: connections open, and nothing answers. */
    void freeze();

    void thaw();
  }

  /** A handle that knows how to end its server. */
  interface Ending extends Handle, AutoCloseable {
    @Override
    void close();
  }

  /** JUnit takes an aborted parameter for a failure: whether there is a server is asked before. */
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Stream<? extends Executable> asking =
        context.getTestMethod().isPresent()
            ? context.getTestMethod().stream()
            : lifecycle(context.getRequiredTestClass());
    Set<RealServer> wanted =
        asking
            .flatMap(executable -> Stream.of(executable.getParameters()))
            .flatMap(
                parameter -> AnnotationSupport.findAnnotation(parameter, RealServer.class).stream())
            .collect(toSet());
    try {
      for (RealServer server : wanted) {
        if (server.own()) {
          shared(context).find(server.value());
        } else {
          shared(context).get(server.value());
        }
      }
      return ConditionEvaluationResult.enabled("there are real servers");
    } catch (TestAbortedException e) {
      return ConditionEvaluationResult.disabled(e.getMessage());
    }
  }

  private static Stream<Executable> lifecycle(Class<?> tests) {
    return Stream.<Executable>concat(
        Stream.of(tests.getDeclaredConstructors()),
        ReflectionSupport.findMethods(
            tests,
            method ->
                AnnotationSupport.isAnnotated(method, BeforeAll.class)
                    || AnnotationSupport.isAnnotated(method, BeforeEach.class),
            HierarchyTraversalMode.TOP_DOWN)
            .stream());
  }

  private static Shared shared(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Shared.class, key -> new Shared(), Shared.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.isAnnotated(RealServer.class)
        && parameter.getParameter().getType() == Handle.class;
  }

  @Override
  public Handle resolveParameter(ParameterContext parameter, ExtensionContext context) {
    RealServer wanted = parameter.findAnnotation(RealServer.class).orElseThrow();
    if (!wanted.own()) {
      return shared(context).get(wanted.value());
    }
    Ending own = shared(context).start(wanted.value());
    context.getStore(NAMESPACE).put(parameter.getIndex(), own);
    return own;
  }

  /** The servers of this JVM; the root store closes it after the last test. */
  private static final class Shared implements AutoCloseable {
    private final Map<StackServer, Ending> running = new EnumMap<>(StackServer.class);
    private final Map<StackServer, String> said = new EnumMap<>(StackServer.class);

    Shared() {
      // For a JVM that is told to end in the middle of a test.
      Runtime.getRuntime().addShutdownHook(new Thread(this::endAll));
    }

    synchronized Handle get(StackServer server) {
      Ending shared = running.get(server);
      if (shared == null) {
        shared = start(server);
        running.put(server, shared);
      }
      return shared;
    }

    Ending start(StackServer server) {
      Ending started = find(server).get();
      synchronized (this) {
        said.put(server, started.description());
      }
      return started;
    }

    /** The first way to come by a server. */
    synchronized Supplier<Ending> find(StackServer server) {
      List<String> why = new ArrayList<>();
      Optional<Supplier<Ending>> found =
          Stream.<Source>of(new GivenServers(), new LocalServers(), new ContainerServers())
              .map(source -> source.find(server, why))
              .flatMap(Optional::stream)
              .findFirst();
      if (found.isEmpty()) {
        said.put(server, "NONE, tests skipped: " + String.join("; ", why));
      }
      return found.orElseThrow(() -> missing(server, why));
    }

    private static RuntimeException missing(StackServer server, List<String> why) {
      String message = "no real %s server: %s".formatted(server.title(), String.join("; ", why));
      return "1".equals(System.getenv("TEMPER_REQUIRE_SERVERS"))
          ? new IllegalStateException(message + " (TEMPER_REQUIRE_SERVERS=1)")
          : new TestAbortedException(message);
    }

    private synchronized void endAll() {
      running.values().forEach(Ending::close);
      running.clear();
    }

    @Override
    public synchronized void close() throws IOException {
      endAll();
      String report =
          said.entrySet().stream()
              .map(entry -> "real %-9s %s%n".formatted(entry.getKey().title(), entry.getValue()))
              .collect(joining());
      System.out.print(report);
      Files.createDirectories(Path.of("target"));
      Files.writeString(Path.of("target", "real-servers.txt"), report);
    }
  }

  /** A way to come by a server; says why where it has none. */
  interface Source {
    Optional<Supplier<Ending>> find(StackServer server, List<String> why);
  }

  /** Servers that somebody started for the tests. */
  private static final class GivenServers implements Source {
    @Override
    public Optional<Supplier<Ending>> find(StackServer server, List<String> why) {
      String file = System.getenv().getOrDefault("TEMPER_TEST_ENVIRONMENT", "");
      if (file.isEmpty()) {
        return Optional.empty();
      }
      try {
        Map<String, String> variables = PrivateFile.read(Path.of(file));
        String needed =
            switch (server) {
              case TEMPORAL -> "TEMPORAL_ADDRESS";
              case MLFLOW -> "MLFLOW_TRACKING_URI";
              case S3 -> "TEMPER_STORE";
            };
        if (!variables.containsKey(needed)) {
          why.add(file + " has no " + needed);
          return Optional.empty();
        }
        return Optional.of(() -> new Given(server, variables, "as " + file + " says"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private record Given(StackServer server, Map<String, String> environment, String description)
      implements Ending {

    private TestAbortedException notMine() {
      return new TestAbortedException(
          "the " + server.title() + " server is not the tests' own and is not killed");
    }

    @Override
    public void kill() {
      throw notMine();
    }

    @Override
    public void restart() {
      throw notMine();
    }

    @Override
    public void freeze() {
      throw notMine();
    }

    @Override
    public void thaw() {
      throw notMine();
    }

    @Override
    public void close() {}
  }

  /** Programs of this machine, started as {@code temper up} starts them. */
  private static final class LocalServers implements Source {
    @Override
    public Optional<Supplier<Ending>> find(StackServer server, List<String> why) {
      if ("1".equals(System.getenv("TEMPER_TEST_CONTAINERS"))) {
        why.add("TEMPER_TEST_CONTAINERS=1");
        return Optional.empty();
      }
      Optional<Path> program = new Programs(System.getenv()).find(server);
      if (program.isEmpty()) {
        why.add(
            "no program %s (infra/servers/install.sh %s)"
                .formatted(server.program(), server.program()));
        return Optional.empty();
      }
      return program.map(found -> () -> started(server, found));
    }

    private static Ending started(StackServer server, Path program) {
      try {
        Path home = Files.createTempDirectory("temper-real-" + server.id());
        Local local = new Local(server, home, program);
        local.start();
        return local;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static final class Local implements Ending {
    private final StackServer server;
    private final Path home;
    private final Path program;
    private final LocalStack stack;
    private Map<String, String> environment = Map.of();

    Local(StackServer server, Path home, Path program) {
      this.server = server;
      this.home = home;
      this.program = program;
      this.stack = new LocalStack(home, System.getenv());
    }

    void start() throws IOException {
      Map<String, Integer> anywhere = new LinkedHashMap<>();
      anywhere.put("port", LocalStack.ANY_PORT);
      anywhere.put("ui-port", LocalStack.ANY_PORT);
      try {
        Map<String, String> found =
            stack.up(Set.of(server), Map.of(server, anywhere), news -> {}).get(0).environment();
        if (!environment.isEmpty() && !environment.equals(found)) {
          throw new IllegalStateException("the port of " + server + " was taken while it was dead");
        }
        environment = found;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    @Override
    public StackServer server() {
      return server;
    }

    @Override
    public Map<String, String> environment() {
      return environment;
    }

    @Override
    public String description() {
      try {
        String version =
            Programs.output(List.of(program.toString(), "--version"), System.getenv())
                .flatMap(text -> text.lines().findFirst())
                .orElse("of unknown version");
        return version + " (" + program + ")";
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private List<OwnProcess> processes() {
      try {
        return stack.processes(server);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void kill() {
      List<OwnProcess> processes = processes();
      processes.stream()
          .flatMap(process -> process.handle().stream())
          .forEach(ProcessHandle::destroyForcibly);
      while (processes.stream().anyMatch(OwnProcess::alive)) {
        Thread.onSpinWait();
      }
    }

    @Override
    public void restart() {
      try {
        start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void freeze() {
      signal("-STOP");
    }

    @Override
    public void thaw() {
      signal("-CONT");
    }

    private void signal(String name) {
      List<String> command = new ArrayList<>(List.of("kill", name));
      processes().forEach(process -> command.add(Long.toString(process.pid())));
      try {
        if (Programs.output(command, System.getenv()).isEmpty()) {
          throw new IllegalStateException("cannot send " + name + " to " + server);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      kill();
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      } catch (IOException e) {
        // What lies in the temporary folder is no failure of a test.
      }
    }
  }
}
