package dev.temper.infra.cli;

import dev.temper.infra.report.ReportPage;
import dev.temper.infra.run.RunFolder;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.StageRecord;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The last lines of a run, and its report. */
final class RunEnding {

  private final TemperCommand root;
  private final RunFolder folder;

  RunEnding(TemperCommand root, RunFolder folder) {
    this.root = root;
    this.folder = folder;
  }

  /**
   * Draws the report and says how the run ended.
   *
   * @param found stages whose artifact was there already
   * @param draws whether the report is to be drawn
   */
  void say(RunRecord record, long found, Duration took, ExitCode code, boolean draws) {
    PrintStream out = root.around().out();
    Optional<Path> page = draws ? report() : Optional.empty();
    List<Path> curves =
        record.stages().stream()
            .map(StageRecord::name)
            .map(stage -> folder.stage(stage).resolve("curve.csv"))
            .filter(Files::exists)
            .toList();
    if (root.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("event", "end");
      line.put("run", record.run());
      line.put("status", record.status().text());
      line.put("exitCode", code.number());
      line.put("cached", found);
      record.message().ifPresent(why -> line.put("message", why));
      page.ifPresent(path -> line.put("report", path.toString()));
      line.put("curves", curves.stream().map(Path::toString).toList());
      new JsonLines(out).print(line);
    } else {
      out.println();
      out.printf(
          "%s in %s: %s stages, %d of them cached%n",
          record.status().text(),
          Durations.text(took.toMillis() / 1000.0),
          FolderView.share(record),
          found);
      page.ifPresent(path -> out.println("report     " + path));
      curves.forEach(path -> out.println("curve      " + path));
      out.println("folder     " + folder.path());
    }
    record.message().ifPresent(why -> root.around().err().println("temper: " + why));
  }

  /** A page that cannot be drawn does not undo a run. */
  private Optional<Path> report() {
    try {
      return Optional.of(ReportPage.write(folder.path(), folder.report()));
    } catch (IOException | RuntimeException e) {
      root.around().err().println("temper: the report could not be drawn: " + e);
      return Optional.empty();
    }
  }
}
