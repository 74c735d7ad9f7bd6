package dev.temper.trainers.stage;

import dev.temper.recipes.StageSpec;
import dev.temper.trainers.CompletionServers;
import dev.temper.trainers.Compute;
import dev.temper.trainers.StageContext;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Stages of a test that feed each other through a temporary folder. */
final class TinyStages implements AutoCloseable {

  private final Path folder;
  private final Compute compute;
  private final Map<String, Path> outputs = new HashMap<>();

  TinyStages(Path folder, int threads) {
    this.folder = folder;
    this.compute = new Compute(threads);
  }

  /** The folder that data files are looked up in. */
  Path files() {
    return folder;
  }

  StageTester tester(StageSpec spec) {
    return tester(spec, CompletionServers.NONE);
  }

  StageTester tester(StageSpec spec, CompletionServers servers) {
    return new StageTester(
        new StageContext(spec, new FolderInputs(Map.copyOf(outputs), folder), compute, servers));
  }

  /** Runs a stage and offers its outputs to later ones under a name. */
  StageTester.Run run(String name, StageSpec spec) throws IOException {
    StageTester.Run run = tester(spec).clean();
    Path written = run.writeTo(folder.resolve(name));
    run.output()
        .outputs()
        .forEach(
            (output, path) ->
                outputs.put(
                    output.isEmpty() || output.startsWith("@")
                        ? name + output
                        : name + "." + output,
                    path.isEmpty() ? written : written.resolve(path)));
    return run;
  }

  /** Offers a folder that no stage made. */
  void offer(String input, Path content) {
    outputs.put(input, content);
  }

  @Override
  public void close() {
    compute.close();
  }
}
