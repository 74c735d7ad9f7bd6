package dev.temper.infra.temporal;

import static org.assertj.core.api.Assertions.assertThat;

import io.temporal.api.enums.v1.TimeoutType;
import io.temporal.api.failure.v1.Failure;
import io.temporal.api.failure.v1.TimeoutFailureInfo;
import org.junit.jupiter.api.Test;

class FailureTextTest {

  @Test
  void secretsOfALibrarysMessageAreLeftOut() {
    assertThat(
            FailureText.shown(
                "cannot put https://key:hunter2@s3.example/a?X-Amz-Signature=abc to 10 (Authorization: Bearer xyz, secret_key=q, token: t1)"))
        .isEqualTo(
            "cannot put https://s3.example/a?... to 10 (Authorization: ..., secret_key=..., token: ...");
  }

  @Test
  void aLongMessageIsOneShortLine() {
    assertThat(FailureText.shown("a\n  b\n\nc")).isEqualTo("a b c");
    assertThat(FailureText.shown("x".repeat(500))).hasSize(200).endsWith("...");
  }

  @Test
  void aWorkerThatWasMissedIsSaidToBe() {
    Failure missed =
        Failure.newBuilder()
            .setMessage("activity Heartbeat timeout")
            .setTimeoutFailureInfo(
                TimeoutFailureInfo.newBuilder().setTimeoutType(TimeoutType.TIMEOUT_TYPE_HEARTBEAT))
            .build();

    assertThat(FailureText.of(missed)).contains("no sign of life");
  }
}
