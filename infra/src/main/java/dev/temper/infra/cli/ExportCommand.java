package dev.temper.infra.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Copies a stage's output, for a model a Hugging Face directory. */
@Command(
    name = "export",
    description = "copies what a stage made; a model is a Hugging Face directory")
final class ExportCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN/STAGE", description = "also RUN/STAGE@STEP and RUN/STAGE.OUTPUT")
  private String output;

  @Option(names = "--to", paramLabel = "DIR", required = true, description = "a new folder")
  private Path to;

  ExportCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    Path from = new ModelFolders(root).output(output);
    Path target = root.path(to);
    if (Files.exists(target)) {
      throw Refusal.usage(target + " exists already; nothing was changed");
    }
    // Beside the target, so that it appears as a whole.
    Path fresh =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part");
    int files;
    try {
      files = copy(from, fresh);
      Files.move(fresh, target);
    } finally {
      delete(fresh);
    }
    if (root.json()) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("model", output);
      line.put("folder", target.toString());
      line.put("files", files);
      new JsonLines(root.around().out()).print(line);
    } else {
      root.around().out().printf("wrote %d files to %s%n", files, target);
    }
    return ExitCode.OK.number();
  }

  private static int copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(from)) {
      files =
          walk.filter(Files::isRegularFile)
              .filter(file -> !isTheStoresOwn(from.relativize(file)))
              .toList();
    }
    for (Path file : files) {
      Path copy = to.resolve(from.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      Files.write(copy, Files.readAllBytes(file));
    }
    return files.size();
  }

  /** The store's own papers are no part of a model, and are not verified with it. */
  private static boolean isTheStoresOwn(Path file) {
    return file.equals(Path.of("MANIFEST.json")) || file.startsWith("attachments");
  }

  /** What is left of a copy that did not get to its end. */
  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : files) {
      Files.delete(file);
    }
  }
}
