package dev.temper.infra.cli;

import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.StageProgress;
import dev.temper.infra.run.StageRecord;
import java.io.IOException;
import java.io.PrintStream;
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
    RunFolder folder = root.startedRun(run);
    while (true) {
      RunRecord known = root.startedRecord(folder);
      boolean away =
          known.server().isPresent()
              && known.status() == RunStatus.RUNNING
              && root.server().isPresent();
      Optional<RemoteStatus> remote =
          away ? Optional.of(RemoteStatus.of(root, known)) : Optional.empty();
      RunRecord record = remote.map(RemoteStatus::record).orElse(known);
      String status = RunView.status(folder, record);
      show(folder, record, status, remote);
      if (!watch || !status.equals(RunStatus.RUNNING.text())) {
        return ExitCode.OK.number();
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private void show(
      RunFolder folder, RunRecord record, String status, Optional<RemoteStatus> remote)
      throws IOException {
    PrintStream out = root.around().out();
    if (root.json()) {
      JsonLines lines = new JsonLines(out);
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("run", record.run());
      line.put("recipe", record.recipe());
      line.put("status", status);
      line.put("startedAt", record.startedAt());
      record.endedAt().ifPresent(ended -> line.put("endedAt", ended));
      record.message().ifPresent(message -> line.put("message", message));
      line.put("store", record.store());
      line.put("stages", record.stages());
      lines.print(line);
      return;
    }
    if (watch && root.redraws()) {
      out.print("\u001b[H\u001b[2J");
    }
    out.printf("%s: %s, started %s%n", record.run(), status, record.startedAt());
    record.message().ifPresent(out::println);
    StageLine line = new StageLine(record.stages().stream().map(StageRecord::name).toList());
    for (StageRecord stage : record.stages()) {
      Optional<StageProgress> progress =
          remote.isPresent()
              ? Optional.ofNullable(remote.get().progress().get(stage.name()))
              : folder.progress(stage.name());
      out.println("  " + line.text(stage, progress));
    }
    record
        .server()
        .filter(server -> remote.isEmpty() && record.status() == RunStatus.RUNNING)
        .ifPresent(
            server -> out.println("it runs on %s; this is what was seen last".formatted(server)));
    if (status.equals("interrupted") || status.equals(RunStatus.PAUSED.text())) {
      out.println("the command that started it continues it");
    }
  }
}
