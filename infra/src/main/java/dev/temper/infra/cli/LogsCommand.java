package dev.temper.infra.cli;

import dev.temper.infra.run.RunFolder;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints the log of a run. */
@Command(name = "logs", description = "prints the log of a run")
final class LogsCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of the run")
  private String run;

  @Option(names = "--stage", paramLabel = "S", description = "lines of this stage only")
  private String stage;

  @Option(
      names = {"-f", "--follow"},
      description = "go on until the run ends")
  private boolean follow;

  LogsCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunFolder folder = root.startedRun(run);
    if (stage != null) {
      var stages = root.startedRecord(folder).stages();
      if (stages.stream().noneMatch(known -> known.name().equals(stage))) {
        throw Refusal.usage(
            "run %s has no stage '%s'%s"
                .formatted(
                    run,
                    stage,
                    KnownNames.hint(stage, stages.stream().map(known -> known.name()).toList())));
      }
    }
    if (!Files.exists(folder.log()) && root.startedRecord(folder).server().isPresent()) {
      throw Refusal.usage(
          "run %s runs on a Temporal server: its log is with its workers, in worker/worker.log of their home folders"
              .formatted(run));
    }
    long position = print(folder.log(), 0);
    while (follow && folder.inUse()) {
      TimeUnit.MILLISECONDS.sleep(300);
      position = print(folder.log(), position);
    }
    print(folder.log(), position);
    return ExitCode.OK.number();
  }

  /** Prints the whole lines from a position on; returns where the next one will start. */
  private long print(Path log, long from) throws IOException {
    if (!Files.exists(log)) {
      return from;
    }
    byte[] bytes;
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(from);
      bytes = new byte[(int) Math.min(Integer.MAX_VALUE - 16, file.length() - from)];
      file.readFully(bytes);
    }
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    JsonLines lines = new JsonLines(root.around().out());
    for (String line : new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList()) {
      if (stage != null && !line.matches(".*\\bstage=" + Pattern.quote(stage) + "(?![\\w.-]).*")) {
        continue;
      }
      if (root.json()) {
        lines.print(Map.of("run", run, "line", line));
      } else {
        root.around().out().println(line);
      }
    }
    return from + end;
  }
}
