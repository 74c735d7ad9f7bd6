package dev.temper.infra.s3;

import dev.temper.activities.Sha256;
import dev.temper.activities.StoredFile;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Local copies of objects that never change. A copy is used only after every byte of it was
 * verified, once per process; one that is damaged is fetched again.
 */
final class Downloads {

  private static final int BUFFER = 1 << 20;

  private final Bucket bucket;
  private final Transfers transfers;
  private final Set<Path> verified;

  Downloads(Bucket bucket, Transfers transfers) {
    this(bucket, transfers, ConcurrentHashMap.newKeySet());
  }

  private Downloads(Bucket bucket, Transfers transfers, Set<Path> verified) {
    this.bucket = bucket;
    this.transfers = transfers;
    this.verified = verified;
  }

  /** The same by another way to the bucket; what was verified stays so. */
  Downloads from(Bucket other) {
    return new Downloads(other, transfers, verified);
  }

  /**
   * Makes sure that a local file has the bytes that a manifest tells.
   *
   * @throws DamagedObjectException if the object does not have them
   */
  void bring(String object, StoredFile file, Path target, Pulse pulse) throws IOException {
    if (verified.contains(target) && Files.exists(target)) {
      return;
    }
    if (!isWhole(target, file, pulse)) {
      fetch(object, file, target, pulse);
    }
    verified.add(target);
  }

  private void fetch(String object, StoredFile file, Path target, Pulse pulse) throws IOException {
    Files.createDirectories(target.getParent());
    Path fresh = target.resolveSibling("." + UUID.randomUUID() + ".part");
    try {
      // Once more before anybody is blamed: bytes can be altered on their way, too.
      read(object, file, fresh, pulse);
      if (!isWhole(fresh, file, pulse)) {
        read(object, file, fresh, pulse);
        if (!isWhole(fresh, file, pulse)) {
          throw new DamagedObjectException(bucket.url(object), "is not what was written");
        }
      }
      Files.move(
          fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private void read(String object, StoredFile file, Path target, Pulse pulse) throws IOException {
    try (FileChannel out =
        FileChannel.open(
            target,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      List<Transfers.Piece> pieces = transfers.pieces(file.size());
      if (pieces.size() <= 1) {
        write(out, 0, transfers.one(() -> whole(object, file), pulse));
        return;
      }
      List<Callable<Void>> tasks = new ArrayList<>();
      for (Transfers.Piece piece : pieces) {
        tasks.add(
            () -> {
              write(out, piece.offset(), part(object, file, piece));
              return null;
            });
      }
      transfers.all(tasks, pulse);
    } catch (FileSystemException | S3Failure | DamagedObjectException e) {
      throw e; // name their path already
    } catch (java.io.InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      // "No space left on device" says nothing about which device.
      throw new IOException("cannot write " + target + ": " + e.getMessage(), e);
    }
  }

  private ByteBuffer whole(String object, StoredFile file) throws IOException {
    return bucket
        .repeats()
        .call(
            "GET " + bucket.url(object),
            () -> complete(object, file, file.size(), answer(object, "")));
  }

  private ByteBuffer part(String object, StoredFile file, Transfers.Piece piece)
      throws IOException {
    String range = "bytes=%d-%d".formatted(piece.offset(), piece.offset() + piece.length() - 1);
    return bucket
        .repeats()
        .call(
            "GET %s of %s".formatted(range, bucket.url(object)),
            () -> complete(object, file, piece.length(), answer(object, range)));
  }

  private ResponseBytes<GetObjectResponse> answer(String object, String range)
      throws DamagedObjectException {
    try {
      return bucket
          .client()
          .getObjectAsBytes(
              get ->
                  get.bucket(bucket.location().bucket())
                      .key(bucket.location().key(object))
                      .range(range.isEmpty() ? null : range));
    } catch (S3Exception e) {
      if (e.statusCode() == 404 && !Repeats.code(e).equals("NoSuchBucket")) {
        throw new DamagedObjectException(bucket.url(object), "is missing");
      }
      if (e.statusCode() == 416) {
        throw new DamagedObjectException(bucket.url(object), "is shorter than it was");
      }
      throw e;
    }
  }

  private ByteBuffer complete(
      String object, StoredFile file, long length, ResponseBytes<GetObjectResponse> answer)
      throws IOException {
    long size = size(answer.response());
    if (size >= 0 && size != file.size()) {
      throw new DamagedObjectException(
          bucket.url(object), "has %d of %d bytes".formatted(size, file.size()));
    }
    byte[] bytes = answer.asByteArrayUnsafe();
    if (bytes.length != length) {
      throw new IOException("got %d of %d bytes".formatted(bytes.length, length));
    }
    return ByteBuffer.wrap(bytes);
  }

  /** Of the whole object, from "bytes 0-9/100"; -1 where the server does not say. */
  private static long size(GetObjectResponse answer) {
    String range = answer.contentRange();
    if (range == null) {
      return answer.contentLength() == null ? -1 : answer.contentLength();
    }
    String total = range.substring(range.indexOf('/') + 1);
    return total.matches("\\d+") ? Long.parseLong(total) : -1;
  }

  private static void write(FileChannel out, long offset, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes, offset + bytes.position());
    }
  }

  private static boolean isWhole(Path path, StoredFile file, Pulse pulse) throws IOException {
    if (!Files.isRegularFile(path) || Files.size(path) != file.size()) {
      return false;
    }
    MessageDigest digest = Sha256.digest();
    ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(BUFFER, file.size() + 1));
    try (FileChannel in = FileChannel.open(path)) {
      while (in.read(buffer.clear()) >= 0) {
        digest.update(buffer.flip());
        pulse.beat();
      }
    }
    return Sha256.hex(digest).equals(file.sha256());
  }
}
