package dev.temper.infra.s3;

import dev.temper.activities.Holding;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Says to what each object of a store belongs. */
final class S3Inventory {

  private final Bucket bucket;
  private final S3Json json;
  private final Map<String, Sum> sums = new TreeMap<>();
  private final Set<String> artifacts = new HashSet<>();
  private final Map<String, String> commitOfArtifact = new HashMap<>();
  private final Map<String, Set<String>> commitsOfCheckpoints = new HashMap<>();

  S3Inventory(Bucket bucket, S3Json json) {
    this.bucket = bucket;
    this.json = json;
  }

  private record Sum(Holding.Kind kind, String key, long bytes, Instant changed) {
    Sum and(Sum other) {
      return new Sum(
          kind, key, bytes + other.bytes, changed.isAfter(other.changed) ? changed : other.changed);
    }
  }

  List<Holding> take() throws IOException {
    List<Bucket.Entry> all = bucket.list("");
    for (Bucket.Entry entry : all) {
      String[] names = entry.path().split("/", -1);
      if (names[0].equals("artifacts")) {
        readArtifact(names[1], entry);
      } else if (names[0].equals("checkpoints")) {
        commitsOfCheckpoints
            .computeIfAbsent(names[1], key -> new HashSet<>())
            .add(names[names.length - 1].replace(".json", ""));
        add(Holding.Kind.CHECKPOINTS, names[1], entry);
      }
    }
    for (Bucket.Entry entry : all) {
      String[] names = entry.path().split("/", -1);
      switch (names[0]) {
        case "commits" -> add(kindOfCommit(names[1], names[2]), names[1], entry);
        case "chunks" ->
            add(
                commitsOfCheckpoints.containsKey(names[1])
                    ? Holding.Kind.CHECKPOINTS
                    : Holding.Kind.LEFTOVERS,
                names[1],
                entry);
        case "data" -> add(Holding.Kind.DATA, names[1], entry);
        default -> {}
      }
    }
    for (Bucket.Incomplete upload : bucket.incomplete("")) {
      String[] names = upload.path().split("/", -1);
      if (names[0].equals("commits") || names[0].equals("chunks")) {
        add(Holding.Kind.LEFTOVERS, names[1], new Bucket.Entry(upload.path(), 0, upload.started()));
      }
    }
    List<Holding> holdings = new ArrayList<>();
    sums.values()
        .forEach(sum -> holdings.add(new Holding(sum.kind, sum.key, sum.bytes, sum.changed)));
    return holdings;
  }

  private void readArtifact(String key, Bucket.Entry entry) throws IOException {
    Optional<Bucket.Stored> stored = bucket.get(entry.path());
    if (stored.isEmpty()) {
      return; // deleted meanwhile
    }
    artifacts.add(key);
    add(Holding.Kind.ARTIFACT, key, entry);
    try {
      commitOfArtifact.put(
          key, json.read(entry.path(), stored.get().bytes(), CommittedArtifact.class).commit());
    } catch (DamagedObjectException e) {
      // Then all of its key's commits are taken to be its own.
    }
  }

  private Holding.Kind kindOfCommit(String key, String commit) {
    if (commitsOfCheckpoints.getOrDefault(key, Set.of()).contains(commit)) {
      return Holding.Kind.CHECKPOINTS;
    }
    return artifacts.contains(key) && commit.equals(commitOfArtifact.getOrDefault(key, commit))
        ? Holding.Kind.ARTIFACT
        : Holding.Kind.LEFTOVERS;
  }

  private void add(Holding.Kind kind, String key, Bucket.Entry entry) {
    sums.merge(kind + " " + key, new Sum(kind, key, entry.size(), entry.changed()), Sum::and);
  }
}
