package dev.temper.infra.s3;

import dev.temper.activities.ContentPaths;
import dev.temper.activities.Manifest;
import dev.temper.activities.StoredFile;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares the manifest of an artifact with what lies under its commit. */
record CommitFiles(Bucket bucket) {

  /**
   * Looks at sizes, not at bytes.
   *
   * @param path of the manifest, for messages
   * @throws DamagedObjectException naming what is not as the manifest says
   */
  void require(String key, String path, CommittedArtifact artifact) throws IOException {
    Manifest manifest = artifact.manifest();
    if (!manifest.key().equals(key)) {
      throw new DamagedObjectException(bucket.url(path), "belongs to " + manifest.key());
    }
    if (!manifest.content().equals(Manifest.content(manifest.files()))) {
      throw new DamagedObjectException(bucket.url(path), "does not fit its own content hash");
    }
    manifest.outputs().values().forEach(ContentPaths::requireFolder);
    String commit = S3Layout.commit(key, artifact.commit());
    Map<String, Long> sizes = new HashMap<>();
    bucket.list(commit).forEach(file -> sizes.put(file.path(), file.size()));
    requireSizes(commit + S3Layout.FILES, manifest.files(), sizes);
    requireSizes(commit + S3Layout.ATTACHMENTS, manifest.attachments(), sizes);
  }

  private void requireSizes(String folder, List<StoredFile> files, Map<String, Long> sizes)
      throws DamagedObjectException {
    for (StoredFile file : files) {
      String path = folder + ContentPaths.require(file.path());
      Long size = sizes.get(path);
      if (size == null) {
        throw new DamagedObjectException(bucket.url(path), "is missing");
      }
      if (size != file.size()) {
        throw new DamagedObjectException(
            bucket.url(path), "has %d of %d bytes".formatted(size, file.size()));
      }
    }
  }
}
