package dev.temper.infra.cli;

import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.temporal.ServerException;
import dev.temper.infra.temporal.TemporalServer;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the runs of a home folder, and those of the Temporal server where one is configured. */
@Command(
    name = "list",
    description = "lists runs: of this home, and of the Temporal server where one is configured")
final class ListCommand implements Callable<Integer> {

  private final TemperCommand root;

  ListCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Map<RunFolder, RunRecord> own = own();
    List<RunRecord> ofServer =
        own.values().stream().filter(record -> record.server().isPresent()).toList();
    Map<String, ListedRun> served = new LinkedHashMap<>(served(ofServer));
    List<ListedRun> listed = new ArrayList<>();
    for (Map.Entry<RunFolder, RunRecord> run : own.entrySet()) {
      RunRecord record = run.getValue();
      Optional<ListedRun> now =
          record.server().isPresent()
              ? Optional.ofNullable(served.remove(record.run()))
              : Optional.empty();
      String remark = record.server().map(server -> "on " + server + ", as seen last").orElse("");
      listed.add(
          now.isPresent()
              ? now.get()
              : ListedRun.of(record, FolderView.status(run.getKey(), record), remark));
    }
    listed.addAll(served.values());
    print(listed);
    return ExitCode.OK.number();
  }

  private Map<RunFolder, RunRecord> own() throws IOException {
    Map<RunFolder, RunRecord> own = new LinkedHashMap<>();
    for (RunFolder folder : root.home().runs()) {
      try {
        own.put(folder, root.startedRecord(folder));
      } catch (IOException damaged) {
        // The other runs are none the worse for it.
        root.around().err().println("temper: " + damaged.getMessage());
      }
    }
    return own;
  }

  /** What the server says; a server that is away is no reason to show nothing. */
  private Map<String, ListedRun> served(List<RunRecord> own) {
    try {
      if (root.server().isEmpty()) {
        return Map.of();
      }
      try (TemporalServer server = root.connect("list")) {
        return new ListedRuns(server).of(own);
      }
    } catch (ServerException | StatusRuntimeException away) {
      root.around()
          .err()
          .println(
              "temper: runs on the server are shown as they were seen last: " + away.getMessage());
      return Map.of();
    }
  }

  private void print(List<ListedRun> listed) {
    if (root.json()) {
      JsonLines lines = new JsonLines(root.around().out());
      listed.forEach(run -> lines.print(run.json()));
      return;
    }
    int width = listed.stream().mapToInt(run -> run.run().length()).max().orElse(0);
    listed.forEach(run -> root.around().out().println(run.text(width)));
    if (listed.isEmpty()) {
      root.around().out().println("no runs in " + root.home().path().resolve("runs"));
    }
  }
}
