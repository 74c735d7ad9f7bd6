package dev.temper.infra.cli;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.Place;
import dev.temper.infra.gc.GarbageCollection;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The runs that a store knows, wherever they ran. */
record StoredRuns(ArtifactStore store, String location) {

  /** Keys that runs of a name need, in whatever place. */
  Set<String> require(String run) throws IOException {
    Set<String> keys = new TreeSet<>();
    for (Map.Entry<String, Set<String>> root : store.roots().entrySet()) {
      if (!isPin(root.getKey()) && nameOf(root.getKey()).equals(run)) {
        keys.addAll(root.getValue());
      }
    }
    if (keys.isEmpty()) {
      throw unknown(run);
    }
    return keys;
  }

  /**
   * What the store calls a run of some places; earlier versions named no place.
   *
   * @param run or what the store calls it, for a run of a place that is gone
   */
  Set<String> roots(String run, Collection<Place> places) throws IOException {
    Set<String> known = store.roots().keySet();
    Set<String> roots = new TreeSet<>();
    if (!isPin(run)) {
      roots.add(run);
    }
    places.forEach(place -> roots.add(place.root(run)));
    roots.retainAll(known);
    if (!roots.isEmpty()) {
      return roots;
    }
    List<String> elsewhere =
        known.stream().filter(root -> !isPin(root) && nameOf(root).equals(run)).sorted().toList();
    if (elsewhere.isEmpty()) {
      throw unknown(run);
    }
    throw Refusal.usage(
        "%s knows run %s of other homes or servers only: %s; forget it there, or by this whole name if its place is gone"
            .formatted(location, run, String.join(", ", elsewhere)));
  }

  private RuntimeException unknown(String run) throws IOException {
    List<String> names =
        store.roots().keySet().stream()
            .filter(root -> !isPin(root))
            .map(StoredRuns::nameOf)
            .distinct()
            .toList();
    return Refusal.usage(
        "%s knows no run '%s'%s".formatted(location, run, KnownNames.hint(run, names)));
  }

  private static boolean isPin(String root) {
    return root.startsWith(GarbageCollection.pinOf(""));
  }

  private static String nameOf(String root) {
    int end = root.indexOf('@');
    return end < 0 ? root : root.substring(0, end);
  }
}
