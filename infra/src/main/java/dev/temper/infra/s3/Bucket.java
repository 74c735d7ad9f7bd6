package dev.temper.infra.s3;

import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Small objects below a store's prefix: whole reads, conditional puts, lists, deletes. */
final class Bucket {

  private static final int DELETED_AT_ONCE = 1000;

  private final S3Client client;
  private final S3Location location;
  private final Repeats repeats;

  /** For one small request; empty for that of the connection. */
  private final Optional<Duration> request;

  /**
   * An object as it was read.
   *
   * @param etag changes with every put
   */
  record Stored(byte[] bytes, String etag) {}

  /**
   * An object in a list.
   *
   * @param path below the prefix
   */
  record Entry(String path, long size, Instant changed) {}

  /** An upload in parts that was never completed. */
  record Incomplete(String path, String upload, Instant started) {}

  Bucket(S3Client client, S3Location location, Repeats repeats) {
    this(client, location, repeats, Optional.empty());
  }

  private Bucket(
      S3Client client, S3Location location, Repeats repeats, Optional<Duration> request) {
    this.client = client;
    this.location = location;
    this.repeats = repeats;
    this.request = request;
  }

  /** The same with another limit for a call and its repetitions. */
  Bucket with(Repeats others) {
    return new Bucket(client, location, others, request);
  }

  /** The same; whoever asks for much gives signs of life. */
  Bucket beating(Pulse pulse) {
    return with(repeats.beating(pulse));
  }

  /** The same; nothing is done once more without asking. */
  Bucket asking(Repeats.Again again) {
    return with(repeats.asking(again));
  }

  /** The same; one read or put of a small object that hangs is given up after so long. */
  Bucket hasty(Duration one) {
    return new Bucket(client, location, repeats, Optional.of(one));
  }

  S3Client client() {
    return client;
  }

  S3Location location() {
    return location;
  }

  Repeats repeats() {
    return repeats;
  }

  String url(String path) {
    return "s3://" + location.bucket() + "/" + location.key(path);
  }

  Optional<Stored> get(String path) throws IOException {
    return repeats.call(
        "GET " + url(path),
        () -> {
          try {
            ResponseBytes<GetObjectResponse> read =
                client.getObjectAsBytes(
                    get ->
                        get.bucket(location.bucket())
                            .key(location.key(path))
                            .overrideConfiguration(this::limit));
            Long size = read.response().contentLength();
            byte[] bytes = read.asByteArrayUnsafe();
            if (size != null && size != bytes.length) {
              throw new IOException("got %d of %d bytes".formatted(bytes.length, size));
            }
            return Optional.of(new Stored(bytes, read.response().eTag()));
          } catch (S3Exception e) {
            if (e.statusCode() == 404 && !Repeats.code(e).equals("NoSuchBucket")) {
              return Optional.empty();
            }
            throw e;
          }
        });
  }

  /** Writes an object that has the same bytes however often it is written. */
  void put(String path, byte[] bytes) throws IOException {
    repeats.call("PUT " + url(path), () -> put(path, bytes, condition -> {}));
  }

  /**
   * Writes an object unless there is one.
   *
   * @return its ETag; empty if somebody else was first
   */
  Optional<String> putIfAbsent(String path, byte[] bytes) throws IOException {
    return conditionally(path, bytes, put -> put.ifNoneMatch("*"));
  }

  /**
   * Replaces an object if it is still what it was.
   *
   * @return its new ETag; empty if somebody else has changed it
   */
  Optional<String> replace(String path, byte[] bytes, String etag) throws IOException {
    return conditionally(path, bytes, put -> put.ifMatch(etag));
  }

  /**
   * A put whose answer was lost is refused when it is repeated, since the object is there. Bytes
   * that nobody else can have written (they hold a random id) tell our own write from another's.
   */
  private Optional<String> conditionally(
      String path, byte[] bytes, Consumer<PutObjectRequest.Builder> condition) throws IOException {
    Optional<String> put =
        repeats.call(
            "conditional PUT " + url(path),
            () -> {
              try {
                return Optional.of(put(path, bytes, condition));
              } catch (S3Exception e) {
                if (e.statusCode() == 412 || (e.statusCode() == 404 && isAbsent(e))) {
                  return Optional.empty();
                }
                throw e;
              }
            });
    return put.isPresent()
        ? put
        : get(path).filter(there -> Arrays.equals(there.bytes(), bytes)).map(Stored::etag);
  }

  private static boolean isAbsent(S3Exception e) {
    return !Repeats.code(e).equals("NoSuchBucket");
  }

  /** One put without repetition. */
  String put(String path, byte[] bytes, Consumer<PutObjectRequest.Builder> condition) {
    PutObjectRequest.Builder put =
        PutObjectRequest.builder()
            .bucket(location.bucket())
            .key(location.key(path))
            .checksumSHA256(sha256(bytes))
            .overrideConfiguration(this::limit);
    condition.accept(put);
    return client.putObject(put.build(), RequestBody.fromBytes(bytes)).eTag();
  }

  private void limit(AwsRequestOverrideConfiguration.Builder options) {
    request.ifPresent(options::apiCallTimeout);
  }

  private static String sha256(byte[] bytes) {
    MessageDigest digest = dev.temper.activities.Sha256.digest();
    return Base64.getEncoder().encodeToString(digest.digest(bytes));
  }

  /** All objects whose path starts so. */
  List<Entry> list(String start) throws IOException {
    List<Entry> all = new ArrayList<>();
    String token = null;
    do {
      String from = token;
      ListObjectsV2Response page =
          repeats.call(
              "LIST " + url(start),
              () ->
                  client.listObjectsV2(
                      list ->
                          list.bucket(location.bucket())
                              .prefix(location.key(start))
                              .continuationToken(from)));
      page.contents()
          .forEach(
              object ->
                  all.add(
                      new Entry(
                          location.path(object.key()), object.size(), object.lastModified())));
      token = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
    } while (token != null);
    return all;
  }

  /** Deletes objects; one that is not there is none the worse. */
  void delete(Collection<String> paths) throws IOException {
    List<String> all = List.copyOf(paths);
    for (int from = 0; from < all.size(); from += DELETED_AT_ONCE) {
      List<ObjectIdentifier> some =
          all.subList(from, Math.min(all.size(), from + DELETED_AT_ONCE)).stream()
              .map(path -> ObjectIdentifier.builder().key(location.key(path)).build())
              .toList();
      if (from > 0) {
        repeats.pulse().beat();
        repeats.again().ask();
      }
      repeats.call(
          "DELETE " + url(all.get(from)),
          () -> {
            var failed =
                client
                    .deleteObjects(
                        delete ->
                            delete
                                .bucket(location.bucket())
                                .delete(these -> these.objects(some).quiet(true)))
                    .errors();
            if (!failed.isEmpty()) {
              throw new IOException(
                  "%s was not deleted: %s".formatted(failed.get(0).key(), failed.get(0).message()));
            }
            return null;
          });
    }
  }

  void delete(String path) throws IOException {
    repeats.call(
        "DELETE " + url(path),
        () ->
            client.deleteObject(
                delete -> delete.bucket(location.bucket()).key(location.key(path))));
  }

  /** Uploads in parts that were not completed. Some servers list them for whole paths only. */
  List<Incomplete> incomplete(String start) throws IOException {
    try {
      return repeats.call(
          "LIST uploads of " + url(start),
          () -> {
            List<Incomplete> all = new ArrayList<>();
            client
                .listMultipartUploadsPaginator(
                    list -> list.bucket(location.bucket()).prefix(location.key(start)))
                .uploads()
                .forEach(upload -> all.add(incomplete(upload)));
            return all;
          });
    } catch (S3Failure e) {
      if (e.status() == 501) { // the server has no such list, and cleans up on its own
        return List.of();
      }
      throw e;
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private Incomplete incomplete(MultipartUpload upload) {
    return new Incomplete(location.path(upload.key()), upload.uploadId(), upload.initiated());
  }

  void abort(Incomplete upload) throws IOException {
    repeats.call(
        "ABORT upload of " + url(upload.path()),
        () -> {
          try {
            return client.abortMultipartUpload(
                abort ->
                    abort
                        .bucket(location.bucket())
                        .key(location.key(upload.path()))
                        .uploadId(upload.upload()));
          } catch (S3Exception e) {
            if (e.statusCode() == 404) {
              return null; // ended meanwhile
            }
            throw e;
          }
        });
  }
}
