package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.infra.gc.GarbageCollection;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Keeps a run's artifacts from garbage collection, also after the run was forgotten. */
@Command(name = "pin", description = "keeps a run's artifacts from temper gc")
final class PinCommand implements Callable<Integer> {

  private final TemperCommand root;

  @Parameters(paramLabel = "RUN", description = "name of a run that the store knows")
  private String run;

  PinCommand(TemperCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    try (ArtifactStore store = root.artifacts(root.store())) {
      store.probe();
      Set<String> keys = new StoredRuns(store, root.store()).require(run);
      for (String key : keys) {
        store.keep(GarbageCollection.pinOf(run), key);
      }
      root.around().out().printf("pinned %s: %d keys%n", run, keys.size());
    }
    return ExitCode.OK.number();
  }
}
