package dev.temper.infra.s3;

import dev.temper.activities.Sha256;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Writes files of any size under names that nobody else writes to. Every request carries a checksum
 * that the server compares, and may be repeated.
 */
final class Uploads {

  private static final Logger log = LoggerFactory.getLogger(Uploads.class);
  private static final String BINARY = "application/octet-stream";
  private static final int BUFFER = 1 << 16;

  private final Bucket bucket;
  private final S3Client client;
  private final S3Location location;
  private final Transfers transfers;

  Uploads(Bucket bucket, Transfers transfers) {
    this.bucket = bucket;
    this.client = bucket.client();
    this.location = bucket.location();
    this.transfers = transfers;
  }

  /** Returns what was written, under the name that a manifest gives it. */
  StoredFile put(String path, String name, ByteSource bytes) throws IOException {
    if (bytes.size() <= transfers.part()) {
      String sha256 = sha256(bytes);
      transfers.one(() -> putWhole(path, bytes, sha256), pulse());
      return new StoredFile(name, bytes.size(), sha256);
    }
    return new StoredFile(name, bytes.size(), putInParts(path, bytes));
  }

  private Pulse pulse() {
    return bucket.repeats().pulse();
  }

  private PutObjectResponse putWhole(String path, ByteSource bytes, String sha256)
      throws IOException {
    String checksum = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(sha256));
    return bucket
        .repeats()
        .call(
            "PUT " + bucket.url(path),
            () ->
                client.putObject(
                    put ->
                        put.bucket(location.bucket())
                            .key(location.key(path))
                            .checksumSHA256(checksum),
                    body(bytes, 0, bytes.size())));
  }

  private String putInParts(String path, ByteSource bytes) throws IOException {
    String upload =
        bucket
            .repeats()
            .call(
                "start of upload " + bucket.url(path),
                () ->
                    client
                        .createMultipartUpload(
                            create ->
                                create
                                    .bucket(location.bucket())
                                    .key(location.key(path))
                                    .checksumAlgorithm(ChecksumAlgorithm.CRC32))
                        .uploadId());
    try {
      List<Callable<Object>> tasks = new ArrayList<>();
      // First, since it is the longest: it runs while the parts are on their way.
      tasks.add(() -> sha256(bytes));
      for (Transfers.Piece piece : transfers.pieces(bytes.size())) {
        tasks.add(() -> putPart(path, upload, piece, bytes));
      }
      List<Object> done = transfers.all(tasks, pulse());
      List<CompletedPart> parts =
          done.subList(1, done.size()).stream().map(CompletedPart.class::cast).toList();
      transfers.one(() -> complete(path, upload, parts, bytes.size()), pulse());
      return (String) done.get(0);
    } catch (IOException | RuntimeException e) {
      giveUp(path, upload, e);
      throw e;
    }
  }

  private CompletedPart putPart(String path, String upload, Transfers.Piece piece, ByteSource bytes)
      throws IOException {
    String checksum = crc32(bytes, piece);
    String etag =
        bucket
            .repeats()
            .call(
                "PUT part %d of %s".formatted(piece.number(), bucket.url(path)),
                () ->
                    client
                        .uploadPart(
                            part ->
                                part.bucket(location.bucket())
                                    .key(location.key(path))
                                    .uploadId(upload)
                                    .partNumber(piece.number())
                                    .checksumCRC32(checksum),
                            body(bytes, piece.offset(), piece.length()))
                        .eTag());
    return CompletedPart.builder()
        .partNumber(piece.number())
        .eTag(etag)
        .checksumCRC32(checksum)
        .build();
  }

  private Void complete(String path, String upload, List<CompletedPart> parts, long size)
      throws IOException {
    return bucket
        .repeats()
        .call(
            "end of upload " + bucket.url(path),
            () -> {
              try {
                client.completeMultipartUpload(
                    complete ->
                        complete
                            .bucket(location.bucket())
                            .key(location.key(path))
                            .uploadId(upload)
                            .multipartUpload(all -> all.parts(parts)));
                return null;
              } catch (S3Exception e) {
                if (e.statusCode() == 404 && isThere(path, size)) {
                  return null; // an answer was lost, and the upload is complete
                }
                throw e;
              }
            });
  }

  private boolean isThere(String path, long size) {
    try {
      Long there =
          client
              .headObject(head -> head.bucket(location.bucket()).key(location.key(path)))
              .contentLength();
      return there != null && there == size;
    } catch (S3Exception e) {
      return false;
    }
  }

  private void giveUp(String path, String upload, Exception why) {
    boolean interrupted = Thread.interrupted(); // or the request would not even be sent
    try {
      client.abortMultipartUpload(
          abort -> abort.bucket(location.bucket()).key(location.key(path)).uploadId(upload));
    } catch (RuntimeException e) {
      why.addSuppressed(e);
      log.warn("upload of {} was left behind: {}", bucket.url(path), e.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static RequestBody body(ByteSource bytes, long offset, long length) {
    return RequestBody.fromContentProvider(() -> bytes.part(offset, length), length, BINARY);
  }

  static String sha256(ByteSource bytes) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[BUFFER];
    for (long offset = 0; offset < bytes.size(); offset += BUFFER * 64L) {
      try (InputStream in = bytes.part(offset, Math.min(BUFFER * 64L, bytes.size() - offset))) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          digest.update(buffer, 0, read);
        }
      } catch (UncheckedIOException e) {
        throw e.getCause();
      }
    }
    return Sha256.hex(digest);
  }

  private static String crc32(ByteSource bytes, Transfers.Piece piece) throws IOException {
    CRC32 crc = new CRC32();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = bytes.part(piece.offset(), piece.length())) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        crc.update(buffer, 0, read);
      }
    }
    return Base64.getEncoder()
        .encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
