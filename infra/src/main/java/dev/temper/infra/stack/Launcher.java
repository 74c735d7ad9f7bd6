package dev.temper.infra.stack;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Starts server processes that outlive this one, and waits until they answer. */
final class Launcher {

  /** Settings of the user's for other servers and clients: a server of the stack has its own. */
  private static final List<String> FOREIGN =
      List.of("TEMPORAL_", "MLFLOW_", "MINIO_", "AWS_", "TEMPER_");

  private final Programs programs;
  private final Map<String, String> inherited;

  Launcher(Programs programs, Map<String, String> environment) {
    this.programs = programs;
    this.inherited = new LinkedHashMap<>(environment);
    inherited.keySet().removeIf(name -> FOREIGN.stream().anyMatch(name::startsWith));
  }

  /** Starts a server unless it runs. */
  void launch(Start start) throws IOException {
    if (start.wasRunning()) {
      return;
    }
    Server server = start.server();
    ServerFolder folder = start.folder();
    folder.keep(start.settings());
    server.lay(folder.path());
    List<String> command = new ArrayList<>();
    // A session of its own: Ctrl-C in this terminal, and its end, are not meant for the server.
    programs.onPath("setsid").map(Path::toString).ifPresent(command::add);
    command.addAll(server.command(start.program(), start.settings()));
    start.begins(folder.openLog());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.path().toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(folder.log().toFile()));
    builder.environment().clear();
    builder.environment().putAll(variables(start));
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new StackException(
          "%s does not start: %s".formatted(server.id().title(), e.getMessage()));
    }
    // A process that has ended already is found missing by whoever waits for it.
    folder.keep(OwnProcess.of(process.toHandle()).map(List::of).orElse(List.of()));
  }

  /** Waits until a server answers. */
  void await(Start start, Duration patience) throws IOException, InterruptedException {
    String title = start.server().id().title();
    ServerFolder folder = start.folder();
    if (start.wasRunning()) {
      start.begins(folder.logEnd());
    }
    while (!start.server().ready(start.program(), start.settings(), variables(start))) {
      if (folder.processes().isEmpty()) {
        throw new StackException(
            "%s ended before it answered; the end of %s:%s"
                .formatted(title, folder.log(), folder.logTail(start.logBegan())));
      }
      if (start.sinceBegin().compareTo(patience) > 0) {
        throw new StackException(
            "%s did not answer at %s within %d s; the end of %s:%s"
                .formatted(
                    title,
                    start.server().link(start.settings()),
                    patience.toSeconds(),
                    folder.log(),
                    folder.logTail(start.logBegan())));
      }
      Thread.sleep(50);
    }
    start.answers();
    folder.keep(withDescendants(folder.processes()));
  }

  /** Processes, and those that they started: when the first is killed, the others live on. */
  List<OwnProcess> withDescendants(List<OwnProcess> processes) {
    Set<OwnProcess> all = new LinkedHashSet<>(processes);
    for (OwnProcess process : processes) {
      process.handle().stream()
          .flatMap(ProcessHandle::descendants)
          .map(OwnProcess::of)
          .flatMap(Optional::stream)
          .forEach(all::add);
    }
    return List.copyOf(all);
  }

  private Map<String, String> variables(Start start) {
    Map<String, String> variables = new LinkedHashMap<>(inherited);
    variables.putAll(start.server().variables(start.settings()));
    return variables;
  }
}
