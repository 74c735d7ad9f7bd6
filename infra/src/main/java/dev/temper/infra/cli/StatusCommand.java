package dev.temper.infra.cli;

import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import dev.temper.infra.temporal.Queues;
import dev.temper.infra.temporal.ServerAddress;
import dev.temper.infra.temporal.ServerException;
import dev.temper.infra.temporal.TemporalServer;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows how far a run is. */
@Command(name = "status", description = "shows how far a run is")
final class StatusCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  @Option(names = "--watch", description = "again and again until it ends")
  private boolean watch;

  StatusCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Optional<RunFolder> folder = root.home().started(run);
    Optional<RunRecord> known =
        folder.isPresent() ? Optional.of(root.startedRecord(folder.get())) : Optional.empty();
    if (known.isPresent() && known.get().server().isEmpty()) {
      return ofThisMachine(folder.get());
    }
    Optional<ServerAddress> address = root.server();
    if (address.isPresent()) {
      return ofServer(folder, known);
    }
    lastSeen(root.startedRun(run), known.orElseThrow(), "no Temporal server is set");
    return ExitCode.OK.number();
  }

  private int ofThisMachine(RunFolder folder) throws IOException, InterruptedException {
    while (true) {
      RunRecord record = root.startedRecord(folder);
      String status = FolderView.status(folder, record);
      StageLine line = begin(record, status, Optional.empty(), Map.of());
      if (!root.json()) {
        for (StageRecord stage : record.stages()) {
          print(line.text(stage, folder.progress(stage.name())));
        }
        FolderView.mlflow(record.links()).ifPresent(root.around().out()::println);
        if (status.equals("interrupted") || status.equals(RunStatus.PAUSED.text())) {
          root.around().out().println("the command that started it continues it");
        }
      }
      if (!watch || !status.equals(RunStatus.RUNNING.text())) {
        return ExitCode.OK.number();
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private int ofServer(Optional<RunFolder> folder, Optional<RunRecord> known)
      throws IOException, InterruptedException {
    try (TemporalServer server = root.connect("status")) {
      Optional<RemoteStatus> remote = RemoteStatus.of(server, run, known);
      if (remote.isPresent()) {
        return watched(server, remote.get());
      }
      String unknown =
          "the Temporal server %s/%s does not know it"
              .formatted(server.address().target(), server.address().namespace());
      if (known.isEmpty()) {
        throw Refusal.usage(
            "there is no run '%s' in %s, and %s"
                .formatted(run, root.home().path().resolve("runs"), unknown));
      }
      lastSeen(folder.orElseThrow(), known.get(), unknown);
      return ExitCode.OK.number();
    } catch (ServerException | StatusRuntimeException away) {
      if (known.isEmpty()) {
        throw away;
      }
      lastSeen(folder.orElseThrow(), known.get(), "the server cannot be asked");
      throw away;
    }
  }

  private int watched(TemporalServer server, RemoteStatus remote) throws InterruptedException {
    String link = new TemporalLink(root.environment(), server.address()).of(remote.workflowId());
    while (true) {
      RemoteStatus.Seen seen = remote.look();
      show(seen, link);
      RunStatus status = seen.record().status();
      if (!watch || (status != RunStatus.RUNNING && status != RunStatus.PAUSED)) {
        return ExitCode.OK.number();
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private void show(RemoteStatus.Seen seen, String link) {
    RunRecord record = seen.record();
    Instant now = Instant.now();
    Map<String, PendingText> pending = new LinkedHashMap<>();
    seen.pending()
        .forEach(
            (stage, known) ->
                pending.put(
                    stage, new PendingText(known, !seen.unpolled().contains(known.queue()), now)));
    StageLine line = begin(record, record.status().text(), Optional.of(link), pending);
    if (root.json()) {
      return;
    }
    for (StageRecord stage : record.stages()) {
      Optional<ShownProgress> progress = Optional.ofNullable(seen.progress().get(stage.name()));
      PendingText open = pending.get(stage.name());
      print(open == null ? line.text(stage, progress) : line.text(stage, progress, open));
    }
    PrintStream out = root.around().out();
    out.println("Temporal   " + link);
    FolderView.mlflow(record.links()).ifPresent(out::println);
    if (seen.unattended() && record.status() == RunStatus.RUNNING) {
      out.printf(
          "no worker answers on the queue '%s', so stages are shown as far as the server knows them; start one: temper worker --queue %s%n",
          Queues.CONTROL, Queues.CONTROL);
    }
    if (record.status() == RunStatus.PAUSED) {
      out.printf("'temper resume %s' lets it go on%n", run);
    }
  }

  /** What the home has of a run that its server could not be asked for. */
  private void lastSeen(RunFolder folder, RunRecord record, String why) throws IOException {
    StageLine line = begin(record, record.status().text(), Optional.empty(), Map.of());
    if (root.json()) {
      return;
    }
    for (StageRecord stage : record.stages()) {
      print(line.text(stage, folder.progress(stage.name())));
    }
    FolderView.mlflow(record.links()).ifPresent(root.around().out()::println);
    root.around()
        .out()
        .printf(
            "it belongs to %s; this is what was seen last: %s%n",
            record.server().orElseThrow(), why);
  }

  private void print(String stage) {
    root.around().out().println("  " + stage);
  }

  /** All of it as JSON, or the lines above those of the stages. */
  private StageLine begin(
      RunRecord record, String status, Optional<String> link, Map<String, PendingText> pending) {
    PrintStream out = root.around().out();
    StageLine stages = new StageLine(record.stages().stream().map(StageRecord::name).toList());
    if (root.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("run", record.run());
      line.put("recipe", record.recipe());
      line.put("status", status);
      line.put("startedAt", record.startedAt());
      record.endedAt().ifPresent(ended -> line.put("endedAt", ended));
      record.message().ifPresent(message -> line.put("message", message));
      line.put("store", record.store());
      link.ifPresent(where -> line.put("temporal", where));
      line.put("links", record.links());
      line.put("stages", record.stages());
      Map<String, Object> open = new LinkedHashMap<>();
      pending.forEach((stage, text) -> open.put(stage, text.json()));
      line.put("pending", open);
      new JsonLines(out).print(line);
      return stages;
    }
    if (watch && root.redraws()) {
      out.print("\u001b[H\u001b[2J");
    }
    out.printf("%s: %s, started %s%n", record.run(), status, record.startedAt());
    record.message().ifPresent(out::println);
    return stages;
  }
}
