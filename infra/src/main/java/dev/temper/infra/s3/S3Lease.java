package dev.temper.infra.s3;

import dev.temper.activities.CheckpointManifest;
import dev.temper.activities.Manifest;
import dev.temper.activities.SavedCheckpoint;
import dev.temper.activities.StageLease;
import dev.temper.activities.Staging;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What the holder of a key's lease may do in a bucket. */
final class S3Lease implements StageLease {

  private final Bucket bucket;

  /** Asks for the lease before anything is done once more. */
  private final Bucket held;

  private final S3Json json;
  private final Uploads uploads;
  private final Downloads downloads;
  private final LocalCopies copies;
  private final String key;
  private final S3Leases.Grant grant;

  /** Paths of manifests. */
  private final Set<String> passedOver = new HashSet<>();

  /** Paths of manifests that were there, or are our own; empty until somebody looks. */
  private Optional<Set<String>> known = Optional.empty();

  /** Names of chunks by SHA-256: of our own, and of the checkpoint that we went on from. */
  private final Map<String, String> chunkNames = new ConcurrentHashMap<>();

  S3Lease(
      Bucket bucket,
      S3Json json,
      Uploads uploads,
      Downloads downloads,
      LocalCopies copies,
      String key,
      S3Leases.Grant grant) {
    this.bucket = bucket;
    this.held = bucket.asking(grant::confirm);
    this.json = json;
    this.uploads = uploads;
    this.downloads = downloads;
    this.copies = copies;
    this.key = key;
    this.grant = grant;
  }

  @Override
  public long epoch() {
    return grant.epoch();
  }

  @Override
  public void check() {
    grant.check();
  }

  @Override
  public <T> T whileHeld(Action<T> action) throws IOException {
    return grant.whileHeld(action);
  }

  /**
   * Looks first and asks for the lease afterwards, each time that something is deleted once more.
   * Commits and chunks have names that no later holder gives again, so a request that arrives late
   * deletes nothing of whoever has taken over.
   */
  @Override
  public void sweep() throws IOException {
    List<Bucket.Entry> commits = bucket.list(S3Layout.commits(key));
    List<Bucket.Entry> chunks = bucket.list(S3Layout.chunks(key));
    List<Bucket.Incomplete> uploadsInParts = new ArrayList<>();
    uploadsInParts.addAll(bucket.incomplete(S3Layout.commits(key)));
    uploadsInParts.addAll(bucket.incomplete(S3Layout.chunks(key)));
    if (commits.isEmpty() && chunks.isEmpty() && uploadsInParts.isEmpty()) {
      return;
    }
    References used = references();
    List<String> unused = new ArrayList<>();
    for (Bucket.Entry file : commits) {
      if (!used.commits().contains(commitOf(file.path()))) {
        unused.add(file.path());
      }
    }
    for (Bucket.Entry chunk : chunks) {
      if (used.complete() && !used.chunks().contains(lastName(chunk.path()))) {
        unused.add(chunk.path());
      }
    }
    whileHeld(
        () -> {
          held.delete(unused);
          for (Bucket.Incomplete upload : uploadsInParts) {
            held.abort(upload);
          }
          return null;
        });
  }

  /**
   * What manifests of the key name.
   *
   * @param complete whether all of them could be read
   */
  private record References(Set<String> commits, Set<String> chunks, boolean complete) {}

  private References references() throws IOException {
    Set<String> commits = new HashSet<>();
    Set<String> chunks = new HashSet<>();
    boolean complete = true;
    Optional<Bucket.Stored> artifact = bucket.get(S3Layout.artifact(key));
    if (artifact.isPresent()) {
      String url = bucket.url(S3Layout.artifact(key));
      commits.add(json.read(url, artifact.get().bytes(), CommittedArtifact.class).commit());
    }
    for (String path : checkpoints()) {
      commits.add(commitOfCheckpoint(path));
      try {
        chunks.addAll(read(path).chunkNames());
      } catch (DamagedObjectException e) {
        complete = false; // nobody knows what it refers to
      }
    }
    return new References(commits, chunks, complete);
  }

  @Override
  public Optional<SavedCheckpoint> newestCheckpoint(
      Predicate<CheckpointManifest> acceptable, Pulse pulse, Consumer<String> note)
      throws IOException {
    List<String> all = checkpoints();
    known = Optional.of(ConcurrentHashMap.newKeySet());
    known.get().addAll(all);
    for (String path : all) {
      try {
        CommittedCheckpoint saved = read(path);
        CheckpointManifest manifest = saved.manifest();
        if (!manifest.key().equals(key) || !acceptable.test(manifest)) {
          throw new DamagedObjectException(
              bucket.url(path), "was made for another spec or version of the numerics");
        }
        return Optional.of(bring(saved, pulse));
      } catch (DamagedObjectException | IllegalArgumentException e) {
        passedOver.add(path);
        note.accept(
            "checkpoint %s was passed over: %s".formatted(path.split("/", -1)[2], e.getMessage()));
      }
    }
    return Optional.empty();
  }

  private S3Checkpoint bring(CommittedCheckpoint saved, Pulse pulse) throws IOException {
    CheckpointManifest manifest = saved.manifest();
    S3Checkpoint local =
        new S3Checkpoint(
            copies.checkpoint(key, saved.commit()), copies.chunks(key), saved.manifest());
    for (StoredFile file : manifest.files()) {
      String path = dev.temper.activities.ContentPaths.require(file.path());
      downloads.bring(
          S3Layout.commit(key, saved.commit()) + S3Layout.FILES + path,
          file,
          local.folder().resolve(path),
          pulse);
    }
    for (StoredFile chunk : manifest.chunks()) {
      downloads.bring(
          S3Layout.chunk(key, saved.chunkName(chunk)),
          chunk,
          local.chunks().resolve(chunk.sha256()),
          pulse);
    }
    manifest.chunks().forEach(chunk -> chunkNames.put(chunk.sha256(), saved.chunkName(chunk)));
    return local;
  }

  @Override
  public Staging begin() throws IOException {
    return whileHeld(() -> new S3Staging(bucket, uploads, grant, key, chunkNames));
  }

  @Override
  public void publishCheckpoint(Staging staging, CheckpointManifest manifest) throws IOException {
    S3Staging files = (S3Staging) staging;
    check();
    Map<String, String> names = new TreeMap<>();
    for (StoredFile chunk : manifest.chunks()) {
      names.put(chunk.sha256(), chunkNames.getOrDefault(chunk.sha256(), chunk.sha256()));
    }
    byte[] bytes = json.write(new CommittedCheckpoint(files.commit(), manifest, names));
    String path = S3Layout.checkpoint(key, manifest.step(), files.commit());
    whileHeld(
        () -> {
          files.requireFiles();
          files.published();
          known.ifPresent(paths -> paths.add(path));
          held.put(path, bytes);
          return null;
        });
  }

  @Override
  public boolean publishArtifact(Staging staging, Manifest manifest) throws IOException {
    S3Staging files = (S3Staging) staging;
    check();
    byte[] bytes = json.write(new CommittedArtifact(files.commit(), manifest));
    bucket.put(S3Layout.commit(key, files.commit()) + S3Layout.MANIFEST, bytes);
    // Whoever reads the intent publishes it, also if we never hear that it was put.
    files.published();
    return grant.publishing(
        files.commit(),
        () -> {
          files.requireFiles();
          return bucket.putIfAbsent(S3Layout.artifact(key), bytes).isPresent();
        });
  }

  /**
   * Runs the action while the store notes that it may end in the artifact's being there: whoever
   * takes over after a kill puts it back.
   */
  boolean hiding(String commit, Action<Boolean> action) throws IOException {
    return grant.publishing(commit, action);
  }

  /** Where the holder deletes and overwrites. */
  Bucket held() {
    return held;
  }

  /**
   * Looks first, as {@link #sweep} does, and deletes manifests before what they name. A manifest
   * that has come since, and is not our own, is the late one of an attempt that was replaced.
   */
  @Override
  public void prune(int keep) throws IOException {
    check();
    List<String> all = checkpoints();
    List<String> good =
        all.stream()
            .filter(path -> !passedOver.contains(path))
            .filter(path -> known.isEmpty() || known.get().contains(path))
            .toList();
    Set<String> old = new HashSet<>(all);
    old.removeAll(good.subList(0, Math.min(keep, good.size())));
    Set<String> commits = new HashSet<>();
    old.forEach(path -> commits.add(commitOfCheckpoint(path)));
    List<String> files = new ArrayList<>();
    if (!commits.isEmpty()) {
      for (Bucket.Entry file : bucket.list(S3Layout.commits(key))) {
        if (commits.contains(commitOf(file.path()))) {
          files.add(file.path());
        }
      }
    }
    if (keep == 0) {
      bucket.list(S3Layout.chunks(key)).forEach(chunk -> files.add(chunk.path()));
    }
    whileHeld(
        () -> {
          held.delete(old);
          held.delete(files);
          return null;
        });
    passedOver.removeAll(old);
    if (keep == 0) {
      LocalCopies.delete(copies.checkpoints(key));
    } else {
      for (String commit : commits) {
        LocalCopies.delete(copies.checkpoint(key, commit));
      }
    }
  }

  private CommittedCheckpoint read(String path) throws IOException {
    Bucket.Stored stored =
        bucket
            .get(path)
            .orElseThrow(() -> new DamagedObjectException(bucket.url(path), "is missing"));
    return CommittedCheckpoint.read(json, bucket.url(path), stored.bytes());
  }

  /** Paths of the manifests, newest first. */
  private List<String> checkpoints() throws IOException {
    return bucket.list(S3Layout.checkpoints(key)).stream()
        .map(Bucket.Entry::path)
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  /** From commits/KEY/COMMIT/... */
  private static String commitOf(String path) {
    return path.split("/", -1)[2];
  }

  private static String commitOfCheckpoint(String path) {
    String name = lastName(path);
    return name.substring(0, name.length() - ".json".length());
  }

  private static String lastName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  @Override
  public void close() throws IOException {
    grant.close();
  }
}
