package dev.temper.infra.s3;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.ContentPaths;
import dev.temper.activities.Holding;
import dev.temper.activities.LeaseWait;
import dev.temper.activities.Manifest;
import dev.temper.activities.StageLease;
import dev.temper.activities.StoreUnusableException;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A store in a bucket of an S3-compatible server.
 *
 * <p>Files are written once, under the random id of a commit; a manifest that is put last, and only
 * if there is none, publishes them. What is read is copied to this machine and verified.
 */
public final class S3ArtifactStore implements ArtifactStore {

  /** For a request with all its repetitions: a server may be down for a while. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final S3Client client;
  private final Transfers transfers;
  private final Bucket bucket;
  private final Uploads uploads;
  private final Downloads downloads;
  private final LocalCopies copies;
  private final UnusedCopies unused;
  private final S3Leases leases;
  private final S3Json json = new S3Json();

  /** Of the artifacts that were found, by key. */
  private final Map<String, CommittedArtifact> found;

  S3ArtifactStore(
      S3Client client,
      S3Location location,
      LocalCopies copies,
      UnusedCopies unused,
      Repeats repeats,
      LeaseTerms terms,
      Transfers transfers) {
    this.client = client;
    this.transfers = transfers;
    this.copies = copies;
    this.unused = unused;
    this.bucket = new Bucket(client, location, repeats);
    this.uploads = new Uploads(bucket, transfers);
    this.downloads = new Downloads(bucket, transfers);
    this.leases = new S3Leases(bucket, json, terms);
    this.found = new ConcurrentHashMap<>();
  }

  private S3ArtifactStore(S3ArtifactStore same, Bucket bucket) {
    this.client = same.client;
    this.transfers = same.transfers;
    this.copies = same.copies;
    this.unused = same.unused;
    this.bucket = bucket;
    this.uploads = new Uploads(bucket, transfers);
    this.downloads = same.downloads.from(bucket);
    this.leases = same.leases;
    this.found = same.found;
  }

  @Override
  public ArtifactStore watched(Pulse pulse) {
    return new S3ArtifactStore(this, bucket.beating(pulse));
  }

  @Override
  public ArtifactStore impatient(Duration limit) {
    return new S3ArtifactStore(this, bucket.with(bucket.repeats().within(limit)));
  }

  /**
   * Opens a store; connects to nothing yet.
   *
   * @param environment with the variables of the AWS tools
   * @param cache folder for copies
   */
  public static S3ArtifactStore open(
      S3Location location, Map<String, String> environment, Path cache) {
    S3Connection connection = S3Connection.of(environment);
    LocalCopies copies = LocalCopies.of(cache, connection.server(), location);
    UnusedCopies unused =
        new UnusedCopies(copies, UnusedCopies.longest(environment), InstantSource.system());
    SdkHttpClient http = connection.http();
    return new S3ArtifactStore(
        connection.client(http),
        location,
        copies,
        unused,
        Repeats.of(LIMIT),
        LeaseTerms.DEFAULT,
        Transfers.standard());
  }

  @Override
  public void probe() throws StoreUnusableException {
    new S3Probe(bucket).run();
  }

  @Override
  public String id() throws IOException {
    Optional<Bucket.Stored> known = bucket.get(S3Layout.ID);
    if (known.isEmpty()) {
      bucket.putIfAbsent(
          S3Layout.ID, UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8));
      known = bucket.get(S3Layout.ID); // of several that do this at once one wins
    }
    byte[] id =
        known.orElseThrow(() -> new IOException("there is no " + bucket.url(S3Layout.ID))).bytes();
    return new String(id, StandardCharsets.UTF_8).strip();
  }

  @Override
  public Instant published(String key) throws IOException {
    String path = S3Layout.artifact(key);
    return bucket.list(path).stream()
        .filter(entry -> entry.path().equals(path))
        .map(Bucket.Entry::changed)
        .findFirst()
        .orElseThrow(() -> new IOException("there is no " + bucket.url(path)));
  }

  @Override
  public Optional<Manifest> find(String key) throws IOException {
    String path = S3Layout.artifact(key);
    Optional<Bucket.Stored> stored = bucket.get(path);
    if (stored.isEmpty()) {
      found.remove(key);
      return Optional.empty();
    }
    try {
      CommittedArtifact artifact =
          json.read(bucket.url(path), stored.get().bytes(), CommittedArtifact.class);
      new CommitFiles(bucket).require(key, path, artifact);
      found.put(key, artifact);
      return Optional.of(artifact.manifest());
    } catch (DamagedObjectException | IllegalArgumentException e) {
      throw corrupt(key, e);
    }
  }

  @Override
  public Path open(Manifest artifact, Pulse pulse) throws IOException {
    String commit = commit(artifact);
    return brought(
        artifact.key(),
        S3Layout.commit(artifact.key(), commit) + S3Layout.FILES,
        artifact.files(),
        copies.files(artifact.key(), commit),
        pulse);
  }

  @Override
  public Path openAttachments(Manifest artifact, Pulse pulse) throws IOException {
    String commit = commit(artifact);
    return brought(
        artifact.key(),
        S3Layout.commit(artifact.key(), commit) + S3Layout.ATTACHMENTS,
        artifact.attachments(),
        copies.attachments(artifact.key(), commit),
        pulse);
  }

  private String commit(Manifest artifact) throws IOException {
    CommittedArtifact known = found.get(artifact.key());
    if (known == null || !known.manifest().equals(artifact)) {
      find(artifact.key());
      known = found.get(artifact.key());
    }
    if (known == null) {
      throw new NoSuchFileException("artifact %s is not in the store".formatted(artifact.key()));
    }
    if (!known.manifest().content().equals(artifact.content())) {
      throw corrupt(artifact.key(), new IllegalStateException("it was replaced by another one"));
    }
    return known.commit();
  }

  private Path brought(String key, String objects, List<StoredFile> files, Path folder, Pulse pulse)
      throws IOException {
    unused.use(copies.artifact(key));
    try {
      for (StoredFile file : files) {
        String path = ContentPaths.require(file.path());
        downloads.bring(objects + path, file, folder.resolve(path), pulse);
      }
      return folder;
    } catch (DamagedObjectException | IllegalArgumentException e) {
      throw corrupt(key, e);
    }
  }

  private StageFailure corrupt(String key, Exception e) {
    return new StageFailure(
        StageFailure.Type.ARTIFACT_CORRUPT,
        "artifact is damaged: %s; delete %s to have it made again"
            .formatted(e.getMessage(), bucket.url(S3Layout.artifact(key))),
        e);
  }

  @Override
  public StageLease lease(String key, String owner, LeaseWait wait)
      throws IOException, InterruptedException {
    unused.use(copies.checkpoints(key));
    return lease(key, leases.acquire(bucket, key, owner, wait));
  }

  private S3Lease lease(String key, S3Leases.Grant grant) {
    return new S3Lease(bucket, json, uploads, downloads, copies, key, grant);
  }

  @Override
  public void tidy(String key, String owner) throws IOException {
    if (bucket.list(S3Layout.checkpoints(key)).isEmpty()
        && bucket.list(S3Layout.chunks(key)).isEmpty()
        && !leases.isOpen(bucket, key)) {
      return;
    }
    Optional<S3Leases.Grant> grant = leases.tryAcquire(bucket, key, owner);
    if (grant.isPresent()) {
      try (S3Lease lease = lease(key, grant.get())) {
        lease.sweep();
        lease.prune(0);
      }
    }
  }

  @Override
  public void keep(String root, String key) throws IOException {
    bucket.put(S3Layout.kept(root, key), new byte[0]);
  }

  @Override
  public void release(String root) throws IOException {
    bucket.delete(bucket.list(S3Layout.keptBy(root)).stream().map(Bucket.Entry::path).toList());
  }

  @Override
  public Map<String, Set<String>> roots() throws IOException {
    Map<String, Set<String>> roots = new TreeMap<>();
    for (Bucket.Entry entry : bucket.list(S3Layout.RUNS)) {
      String[] names = entry.path().split("/", -1);
      if (names.length == 3) {
        roots.computeIfAbsent(names[1], root -> new TreeSet<>()).add(names[2]);
      }
    }
    return roots;
  }

  @Override
  public boolean hasData(String sha256) throws IOException {
    String path = S3Layout.data(sha256);
    return bucket.list(path).stream().anyMatch(entry -> entry.path().equals(path));
  }

  @Override
  public void putData(String sha256, Path file) throws IOException {
    if (hasData(sha256)) {
      return;
    }
    String now = hash(file);
    if (!now.equals(sha256)) {
      throw changed(file, now, sha256);
    }
    try (FileChannel channel = FileChannel.open(file)) {
      StoredFile written = uploads.put(S3Layout.data(sha256), sha256, ByteSource.of(channel));
      if (!written.sha256().equals(sha256)) {
        bucket.delete(S3Layout.data(sha256));
        throw changed(file, written.sha256(), sha256);
      }
    }
  }

  private static String hash(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      return Uploads.sha256(ByteSource.of(channel));
    }
  }

  private static IOException changed(Path file, String now, String was) {
    return new IOException(
        "data file %s was changed meanwhile: SHA-256 is %s, was %s".formatted(file, now, was));
  }

  @Override
  public Path data(String sha256) throws IOException {
    String path = S3Layout.data(sha256);
    Bucket.Entry entry =
        bucket.list(path).stream()
            .filter(object -> object.path().equals(path))
            .findFirst()
            .orElseThrow(
                () ->
                    new NoSuchFileException("data file %s is not in the store".formatted(sha256)));
    try {
      Path target = copies.data(sha256);
      unused.use(target);
      downloads.bring(path, new StoredFile(sha256, entry.size(), sha256), target, Pulse.NONE);
      return target;
    } catch (DamagedObjectException e) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "data file is damaged: %s; delete it and start the run again".formatted(e.getMessage()),
          e);
    }
  }

  @Override
  public List<Holding> holdings() throws IOException {
    return new S3Inventory(bucket, json).take();
  }

  @Override
  public boolean discard(Holding holding, Holding.Needed needed)
      throws IOException, InterruptedException {
    String key = holding.key();
    if (needed.now()) {
      return false;
    }
    if (holding.kind() == Holding.Kind.DATA) {
      return discardData(key, needed);
    }
    Optional<S3Leases.Grant> grant = leases.acquireSoon(bucket, key, "gc-" + UUID.randomUUID());
    if (grant.isEmpty()) {
      return false;
    }
    try (S3Lease lease = lease(key, grant.get())) {
      return switch (holding.kind()) {
        case ARTIFACT -> discardArtifact(lease, key, needed);
        case CHECKPOINTS -> {
          if (needed.now()) { // by a run that is between two attempts
            yield false;
          }
          lease.prune(0);
          yield true;
        }
        default -> {
          lease.sweep();
          yield true;
        }
      };
    }
  }

  /** No lease guards it: a run that came upon it meanwhile has said so and gets it back. */
  private boolean discardData(String sha256, Holding.Needed needed) throws IOException {
    Optional<Path> copy = Optional.empty();
    try {
      copy = Optional.of(data(sha256));
    } catch (NoSuchFileException e) {
      return false;
    } catch (StageFailure e) {
      // damaged: nobody can use it
    }
    bucket.delete(S3Layout.data(sha256));
    boolean back = copy.isPresent() && needed.now();
    if (back) {
      putData(sha256, copy.get());
    } else {
      LocalCopies.delete(copies.data(sha256));
    }
    return !back;
  }

  private boolean discardArtifact(S3Lease lease, String key, Holding.Needed needed)
      throws IOException {
    String path = S3Layout.artifact(key);
    Optional<Bucket.Stored> manifest = bucket.get(path);
    if (manifest.isEmpty()) {
      return false;
    }
    // What it names stays until it is certain that nobody has come upon it.
    boolean back =
        lease.hiding(
            commit(key, manifest.get()),
            () -> {
              lease.held().delete(path);
              return needed.now() && bucket.putIfAbsent(path, manifest.get().bytes()).isPresent();
            });
    if (back) {
      return false;
    }
    found.remove(key);
    lease.sweep(); // takes the note back first
    LocalCopies.delete(copies.artifact(key));
    return true;
  }

  /** Empty if the manifest cannot be read: then nothing could be put back either. */
  private String commit(String key, Bucket.Stored manifest) throws IOException {
    try {
      return json.read(key, manifest.bytes(), CommittedArtifact.class).commit();
    } catch (DamagedObjectException e) {
      return "";
    }
  }

  @Override
  public void close() {
    leases.close();
    transfers.close();
    client.close();
  }
}
