package dev.temper.infra.s3;

import dev.temper.activities.ContentPaths;
import dev.temper.activities.FencedException;
import dev.temper.activities.Staging;
import dev.temper.activities.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files under a commit id of their own, which a manifest makes visible. */
final class S3Staging implements Staging {

  private static final Logger log = LoggerFactory.getLogger(S3Staging.class);

  private final Bucket bucket;
  private final Uploads uploads;
  private final S3Leases.Grant grant;
  private final String key;
  private final String commit = UUID.randomUUID().toString();

  /** Of all chunks of the lease, by SHA-256. */
  private final Map<String, String> chunkNames;

  /** Sizes by path. */
  private final Map<String, Long> written = new HashMap<>();

  private boolean published;

  S3Staging(
      Bucket bucket,
      Uploads uploads,
      S3Leases.Grant grant,
      String key,
      Map<String, String> chunkNames) {
    this.chunkNames = chunkNames;
    this.bucket = bucket;
    this.uploads = uploads;
    this.grant = grant;
    this.key = key;
  }

  String commit() {
    return commit;
  }

  /** From now on its files belong to a manifest, or to one that somebody else may still put. */
  void published() {
    published = true;
  }

  @Override
  public StoredFile file(String path, ByteBuffer bytes) throws IOException {
    if (path.equals(S3Layout.MANIFEST)) {
      throw new IllegalArgumentException("path '" + path + "' is the store's own");
    }
    return write(S3Layout.FILES, path, bytes);
  }

  @Override
  public StoredFile attachment(String path, ByteBuffer bytes) throws IOException {
    return write(S3Layout.ATTACHMENTS, path, bytes);
  }

  private StoredFile write(String folder, String path, ByteBuffer bytes) throws IOException {
    ContentPaths.require(path);
    requireLease();
    String object = S3Layout.commit(key, commit) + folder + path;
    StoredFile file = uploads.put(object, path, ByteSource.of(bytes));
    written.put(object, file.size());
    return file;
  }

  @Override
  public StoredFile chunk(String path, ByteBuffer bytes) throws IOException {
    ContentPaths.require(path);
    requireLease();
    String sha256 = dev.temper.activities.Sha256.of(bytes);
    // Written even if it is there: what is there may be damaged.
    String name = S3Layout.chunkName(grant.epoch(), sha256);
    StoredFile written = uploads.put(S3Layout.chunk(key, name), path, ByteSource.of(bytes));
    chunkNames.put(sha256, name);
    return written;
  }

  /** What is swept already must not come to life again. */
  private void requireLease() throws IOException {
    try {
      grant.check();
    } catch (FencedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /**
   * Makes sure that all that was written is still there: whoever took the lease over has swept it.
   */
  void requireFiles() throws IOException {
    Map<String, Long> missing = new HashMap<>(written);
    for (Bucket.Entry there : bucket.list(S3Layout.commit(key, commit))) {
      missing.remove(there.path(), there.size());
    }
    if (!missing.isEmpty()) {
      throw new IOException(
          "%d of %d files of commit %s are gone, like %s"
              .formatted(
                  missing.size(),
                  written.size(),
                  commit,
                  bucket.url(missing.keySet().iterator().next())));
    }
  }

  @Override
  public void close() {
    if (published) {
      return;
    }
    try {
      bucket.delete(
          bucket.list(S3Layout.commit(key, commit)).stream().map(Bucket.Entry::path).toList());
    } catch (IOException e) {
      // Never instead of the failure that brought us here; the next holder of the lease sweeps it.
      log.warn("commit {} was left behind: {}", commit, e.getMessage());
    }
  }
}
