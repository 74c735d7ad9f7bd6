package dev.temper.infra.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.stack.RealServers.Handle;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RealServersTest {

  @Test
  void aKilledTemporalComesBackOnItsPort(@RealServer(StackServer.TEMPORAL) Handle temporal) {
    comesBack(temporal);
    assertThat(temporal.environment()).containsKeys("TEMPORAL_ADDRESS", "TEMPORAL_NAMESPACE");
  }

  @Test
  void aKilledMlflowComesBackOnItsPort(@RealServer(StackServer.MLFLOW) Handle mlflow) {
    String health = mlflow.environment().get("MLFLOW_TRACKING_URI") + "/health";
    assertThat(Probe.ok(health)).isTrue();

    mlflow.kill();
    assertThat(Probe.ok(health)).isFalse();

    mlflow.restart();
    assertThat(Probe.ok(health)).isTrue();
  }

  @Test
  void aKilledS3ComesBackOnItsPort(@RealServer(StackServer.S3) Handle s3) {
    comesBack(s3);
    assertThat(s3.environment())
        .containsKeys("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
  }

  @Test
  void aServerOfItsOwnIsAnotherOne(
      @RealServer(StackServer.S3) Handle shared,
      @RealServer(value = StackServer.S3, own = true) Handle own)
      throws IOException {
    assertThat(own.environment().get("AWS_ENDPOINT_URL_S3"))
        .isNotEqualTo(shared.environment().get("AWS_ENDPOINT_URL_S3"));
    assertThat(own.environment().get("AWS_SECRET_ACCESS_KEY"))
        .isNotEqualTo(shared.environment().get("AWS_SECRET_ACCESS_KEY"));
  }

  private static void comesBack(Handle server) {
    Map<String, String> before = server.environment();
    server.kill();
    server.restart();
    assertThat(server.environment()).isEqualTo(before);
  }
}
