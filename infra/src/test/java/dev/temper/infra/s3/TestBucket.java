package dev.temper.infra.s3;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A bucket of a test's own, stores on it, and ways to damage what lies in it. */
final class TestBucket implements AutoCloseable {

  static final int PART = 5 << 20;

  private final S3Server server;
  private final Path folder;
  private final S3Location location = new S3Location("test-" + UUID.randomUUID(), "some/where");
  private final S3Client client;
  private final List<S3ArtifactStore> opened = new ArrayList<>();
  private int caches;

  TestBucket(S3Server server, Path folder) {
    this.server = server;
    this.folder = folder;
    S3Connection connection = S3Connection.of(server.environment());
    this.client = connection.client(connection.http());
    client.createBucket(create -> create.bucket(location.bucket()));
  }

  S3Location location() {
    return location;
  }

  /** A store as another host would see it. */
  S3ArtifactStore store() {
    return store(faults());
  }

  Faults faults() {
    return new Faults(S3Connection.of(server.environment()).http());
  }

  S3ArtifactStore store(Faults way) {
    return store(way, System::nanoTime);
  }

  S3ArtifactStore store(Faults way, LongSupplier nanos) {
    return store(way, cache(), nanos);
  }

  Path cache() {
    return folder.resolve("cache-" + caches++);
  }

  S3ArtifactStore store(Faults way, Path cache, LongSupplier nanos) {
    S3Connection connection = S3Connection.of(server.environment());
    LocalCopies copies = LocalCopies.of(cache, connection.server(), location);
    S3ArtifactStore store =
        new S3ArtifactStore(
            connection.client(way),
            location,
            copies,
            new UnusedCopies(copies, Duration.ofDays(1), InstantSource.system()),
            new Repeats(Duration.ofSeconds(30), millis -> {}, System::nanoTime),
            new LeaseTerms(Duration.ofSeconds(30), Duration.ofMillis(5), nanos),
            Transfers.of(PART));
    opened.add(store);
    return store;
  }

  /** What a user would set to reach it. */
  Map<String, String> environment() {
    return server.environment();
  }

  List<String> paths() throws IOException {
    return bucket().list("").stream().map(Bucket.Entry::path).toList();
  }

  Bucket bucket() {
    return new Bucket(client, location, Repeats.of(Duration.ofSeconds(10)));
  }

  void alter(String path) throws IOException {
    byte[] bytes = bucket().get(path).orElseThrow().bytes();
    bytes[bytes.length - 1] ^= 1;
    put(path, bytes);
  }

  void truncate(String path) throws IOException {
    byte[] bytes = bucket().get(path).orElseThrow().bytes();
    put(path, java.util.Arrays.copyOf(bytes, bytes.length - 1));
  }

  void put(String path, byte[] bytes) {
    client.putObject(
        put -> put.bucket(location.bucket()).key(location.key(path)), RequestBody.fromBytes(bytes));
  }

  /** As a writer that was killed leaves it. */
  void startUpload(String path) {
    client.createMultipartUpload(
        create -> create.bucket(location.bucket()).key(location.key(path)));
  }

  /** The one object with this end below a start. */
  String only(String start, String end) throws IOException {
    List<String> some =
        paths().stream().filter(path -> path.startsWith(start) && path.endsWith(end)).toList();
    if (some.size() != 1) {
      throw new AssertionError("not one object %s*%s: %s".formatted(start, end, some));
    }
    return some.get(0);
  }

  /** Commit of the artifact. */
  String commit(String key) throws IOException {
    byte[] bytes = bucket().get(S3Layout.artifact(key)).orElseThrow().bytes();
    return new S3Json().read(key, bytes, CommittedArtifact.class).commit();
  }

  @Override
  public void close() {
    opened.forEach(S3ArtifactStore::close);
    client.close();
  }
}
