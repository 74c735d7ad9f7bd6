package dev.temper.infra.gc;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.Holding;
import dev.temper.activities.Manifest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds and deletes what nothing refers to.
 *
 * <p>Kept is every artifact that a run or a pin needs, and every one that such an artifact was made
 * from; the checkpoints of what a run needs and has not finished; the data files that any of these
 * names; and whatever is younger than a limit. A run needs what it needs until it is forgotten.
 *
 * @param olderThan age below which nothing is deleted
 * @param forgotten runs that need nothing any more
 */
public record GarbageCollection(
    ArtifactStore store, Instant now, Duration olderThan, Set<String> forgotten) {

  private static final String PIN = "pin@";

  public GarbageCollection {
    forgotten = Set.copyOf(forgotten);
  }

  /** What a store calls the pin of a run; no run can have this name. */
  public static String pinOf(String run) {
    return PIN + run;
  }

  /** What would be deleted, the largest first. */
  public List<Holding> garbage() throws IOException {
    // Before the roots are read: what is published later is not looked at.
    List<Holding> holdings = store.holdings();
    Set<String> needed = rooted();
    StringBuilder specs = new StringBuilder();
    Set<String> finished = close(needed, specs);
    return holdings.stream()
        .filter(holding -> Duration.between(holding.changed(), now).compareTo(olderThan) >= 0)
        .filter(holding -> !isNeeded(holding, needed, finished, specs.toString()))
        .sorted(Comparator.comparingLong(Holding::bytes).reversed().thenComparing(Holding::key))
        .toList();
  }

  private static boolean isNeeded(
      Holding holding, Set<String> needed, Set<String> finished, String specs) {
    String key = holding.key();
    return switch (holding.kind()) {
      case ARTIFACT -> needed.contains(key);
      case CHECKPOINTS -> needed.contains(key) && !finished.contains(key);
      case LEFTOVERS -> false; // the lease of the key is asked for, and says whether it is at work
      case DATA -> needed.contains(ArtifactStore.dataKey(key)) || specs.contains(key);
    };
  }

  /** Keys that runs and pins name. */
  private Set<String> rooted() throws IOException {
    Set<String> keys = new TreeSet<>();
    for (Map.Entry<String, Set<String>> root : store.roots().entrySet()) {
      if (!forgotten.contains(root.getKey())) {
        keys.addAll(root.getValue());
      }
    }
    return keys;
  }

  /**
   * Adds what artifacts were made from.
   *
   * @return keys whose artifact is there
   */
  private Set<String> close(Set<String> needed, StringBuilder specs) throws IOException {
    Set<String> finished = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(needed);
    while (!open.isEmpty()) {
      String key = open.remove();
      Optional<Manifest> artifact = store.find(key);
      if (artifact.isEmpty()) {
        continue;
      }
      finished.add(key);
      specs.append(artifact.get().spec()).append('\n');
      for (Manifest.Source source : artifact.get().inputs().values()) {
        if (needed.add(source.key())) {
          open.add(source.key());
        }
      }
    }
    return finished;
  }

  /**
   * Deletes something that was found to be garbage.
   *
   * @return false if somebody is at work on it, or needs it by now
   */
  public boolean delete(Holding holding) throws IOException, InterruptedException {
    String name =
        holding.kind() == Holding.Kind.DATA ? ArtifactStore.dataKey(holding.key()) : holding.key();
    return store.discard(
        holding,
        () ->
            switch (holding.kind()) {
              case ARTIFACT, DATA -> rooted().contains(name);
              case CHECKPOINTS -> rooted().contains(name) && store.find(name).isEmpty();
              case LEFTOVERS -> false;
            });
  }

  /** Forgets the runs that are to be forgotten. */
  public void forget() throws IOException {
    for (String run : forgotten) {
      store.release(run);
    }
  }
}
