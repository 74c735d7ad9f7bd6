package dev.temper.infra.cli;

import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Lists the runs of a home folder. */
@Command(name = "list", description = "lists runs")
final class ListCommand implements Callable<Integer> {

  private final TemperCommand root;

  ListCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    List<RunFolder> runs = root.home().runs();
    JsonLines lines = new JsonLines(root.around().out());
    int width = runs.stream().mapToInt(run -> run.name().length()).max().orElse(0);
    for (RunFolder folder : runs) {
      RunRecord record;
      try {
        record = root.startedRecord(folder);
      } catch (IOException damaged) {
        // The other runs are none the worse for it.
        root.around().err().println("temper: " + damaged.getMessage());
        continue;
      }
      String status = RunView.status(folder, record);
      if (root.json()) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("run", record.run());
        line.put("recipe", record.recipe());
        line.put("status", status);
        line.put("startedAt", record.startedAt());
        record.endedAt().ifPresent(ended -> line.put("endedAt", ended));
        line.put("stages", RunView.share(record));
        lines.print(line);
      } else {
        root.around()
            .out()
            .printf(
                "%-" + width + "s  %-15s  %5s stages  started %s  recipe %s%n",
                record.run(),
                status,
                RunView.share(record),
                record.startedAt(),
                record.recipe());
      }
    }
    if (runs.isEmpty() && !root.json()) {
      root.around().out().println("no runs in " + root.home().path().resolve("runs"));
    }
    return ExitCode.OK.number();
  }
}
