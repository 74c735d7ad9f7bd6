package dev.temper.infra.cli;

import dev.temper.infra.report.ReportPage;
import dev.temper.infra.run.RunFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Draws the report page of a run. */
@Command(name = "report", description = "draws the report page of a run")
final class ReportCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  @Option(names = "--out", paramLabel = "DIR", description = "default: report in the run's folder")
  private Path out;

  ReportCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    RunFolder folder = root.startedRun(run);
    Path page = ReportPage.write(folder.path(), out == null ? folder.report() : root.path(out));
    if (root.json()) {
      new JsonLines(root.around().out()).print(Map.of("run", run, "report", page.toString()));
    } else {
      root.around().out().println("wrote " + page);
    }
    return ExitCode.OK.number();
  }
}
