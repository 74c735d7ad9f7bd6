package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The runs that a store knows, wherever they ran. */
record StoredRuns(ArtifactStore store, String location) {

  /** Keys that a run needs. */
  Set<String> require(String run) throws IOException {
    Map<String, Set<String>> roots = store.roots();
    Set<String> keys = roots.get(run);
    if (keys == null) {
      List<String> names = roots.keySet().stream().filter(name -> !name.contains("@")).toList();
      throw Refusal.usage(
          "%s knows no run '%s'%s".formatted(location, run, KnownNames.hint(run, names)));
    }
    return keys;
  }
}
