package dev.temper.infra.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.StoreUnreachableException;
import dev.temper.activities.StoreUnusableException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ProbeTest {

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

  @Test
  void aBucketWithOneWinnerPasses() throws Exception {
    bucket.store().probe();
    assertThat(bucket.paths()).isEmpty();
  }

  @Test
  void aServerWhereSeveralWinIsRefused() {
    Faults way = bucket.faults().next(2, "PUT", "probe/", Faults.won());
    assertThatThrownBy(() -> bucket.store(way).probe())
        .isInstanceOf(StoreUnusableException.class)
        .isNotInstanceOf(StoreUnreachableException.class)
        .hasMessageContaining("s3://" + bucket.location().bucket())
        .hasMessageContaining("of 16 conditional puts (If-None-Match) of one object 3 won");
  }

  @Test
  void aBucketThatIsMissingIsNamed() {
    assertUnreachable("s3://no-such-bucket/x", server.environment())
        .hasMessageContaining("make the bucket no-such-bucket first");
  }

  @Test
  void wrongCredentialsAreNamedAndNotTold() {
    Map<String, String> environment = new HashMap<>(server.environment());
    environment.put("AWS_SECRET_ACCESS_KEY", "not-the-secret");
    assertUnreachable(bucket.location().toString(), environment)
        .hasMessageContaining("403")
        .hasMessageContaining("AWS_SECRET_ACCESS_KEY")
        .hasMessageNotContaining("not-the-secret");
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Map<String, String> environment = new HashMap<>(server.environment());
    environment.put("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:" + port);
    assertUnreachable(bucket.location().toString(), environment)
        .hasMessageContaining("127.0.0.1:" + port)
        .hasMessageContaining("AWS_ENDPOINT_URL_S3");
  }

  private org.assertj.core.api.AbstractThrowableAssert<?, ?> assertUnreachable(
      String location, Map<String, String> environment) {
    return assertThatThrownBy(
            () -> {
              try (ArtifactStore store =
                  S3ArtifactStore.open(
                      S3Location.parse(location), environment, folder.resolve("cache"))) {
                store.probe();
              }
            })
        .isInstanceOf(StoreUnreachableException.class)
        .hasMessageContaining("store s3://");
  }
}
