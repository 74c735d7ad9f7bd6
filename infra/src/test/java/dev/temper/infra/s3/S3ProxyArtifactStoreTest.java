package dev.temper.infra.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.Holding;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ProxyArtifactStoreTest implements S3StoreContract, S3StoreFaults {

  @TempDir static Path data;
  private static S3Server server;

  @TempDir Path folder;
  private TestBucket bucket;

  @BeforeAll
  static void start() throws Exception {
    server = S3ProxyServer.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @BeforeEach
  void makeBucket() {
    bucket = new TestBucket(server, folder);
  }

  @AfterEach
  void closeStores() {
    bucket.close();
  }

  @Override
  public TestBucket bucket() {
    return bucket;
  }

  /** Not on MinIO, which lists uploads for whole paths only, and removes them itself. */
  @Test
  void anUploadThatWasNeverCompletedIsALeftover() throws Exception {
    bucket.startUpload("commits/c3d4/c/files/weights");
    ArtifactStore store = bucket.store();
    Holding holding = store.holdings().get(0);
    assertThat(holding.kind()).isEqualTo(Holding.Kind.LEFTOVERS);
    assertThat(store.discard(holding, () -> false)).isTrue();
    assertThat(bucket.bucket().incomplete("")).isEmpty();
  }
}
