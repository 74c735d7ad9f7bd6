package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.gc.GarbageCollection;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Undoes a pin. */
@Command(name = "unpin", description = "undoes temper pin")
final class UnpinCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of a run that was pinned")
  private String run;

  UnpinCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    try (ArtifactStore store = root.artifacts(root.store())) {
      store.probe();
      if (!store.roots().containsKey(GarbageCollection.pinOf(run))) {
        throw Refusal.usage("run '%s' is not pinned in %s".formatted(run, root.store()));
      }
      store.release(GarbageCollection.pinOf(run));
      root.around().out().printf("unpinned %s%n", run);
    }
    return ExitCode.OK.number();
  }
}
