package dev.temper.infra.s3;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.ArtifactStoreContract;
import dev.temper.activities.StoredFile;
import java.io.IOException;
import java.util.List;

/** The contract of all stores on a bucket. */
interface S3StoreContract extends ArtifactStoreContract {

  TestBucket bucket();

  @Override
  default ArtifactStore reopened() {
    return bucket().store();
  }

  @Override
  default void alterArtifactFile(String path) throws IOException {
    bucket().alter(artifactFile(path));
  }

  @Override
  default void truncateArtifactFile(String path) throws IOException {
    bucket().truncate(artifactFile(path));
  }

  private String artifactFile(String path) throws IOException {
    return S3Layout.commit(KEY, bucket().commit(KEY)) + S3Layout.FILES + path;
  }

  @Override
  default void alterCheckpointFile(long step, String path) throws IOException {
    bucket().alter(checkpointFile(step, path));
  }

  @Override
  default void truncateCheckpointFile(long step, String path) throws IOException {
    bucket().truncate(checkpointFile(step, path));
  }

  private String checkpointFile(long step, String path) throws IOException {
    String manifest = bucket().only(S3Layout.checkpoints(KEY) + S3Layout.step(step), ".json");
    String name = manifest.substring(manifest.lastIndexOf('/') + 1);
    return S3Layout.commit(KEY, name.replace(".json", "")) + S3Layout.FILES + path;
  }

  @Override
  default void alterChunk(StoredFile chunk) throws IOException {
    bucket().alter(bucket().only(S3Layout.chunks(KEY), chunk.sha256()));
  }

  @Override
  default List<String> files() throws IOException {
    return bucket().paths().stream().filter(path -> !path.startsWith("leases/")).toList();
  }
}
