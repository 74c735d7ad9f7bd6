package dev.temper.infra.s3;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class MinioArtifactStoreTest implements S3StoreContract, S3StoreFaults {

  @TempDir static Path data;
  private static S3Server server;

  @TempDir Path folder;
  private TestBucket bucket;

  @BeforeAll
  static void start() throws Exception {
    server = MinioServer.start(data);
  }

  @AfterAll
  static void stop() throws Exception {
    if (server != null) {
      server.close();
    }
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
}
