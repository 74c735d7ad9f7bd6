package dev.temper.infra.stack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StackEnvironmentTest {

  @TempDir Path home;

  @BeforeEach
  void writeAStack() throws IOException {
    ServerFolder folder = ServerFolder.of(home, StackServer.MLFLOW);
    folder.keep(Map.of());
    // A process that is alive for sure.
    folder.keep(List.of(OwnProcess.of(ProcessHandle.current()).orElseThrow()));
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("TEMPORAL_ADDRESS", "127.0.0.1:1");
    variables.put("MLFLOW_TRACKING_URI", "http://127.0.0.1:2");
    variables.put("TEMPER_STORE", "s3://temper");
    variables.put("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:3");
    variables.put("AWS_ACCESS_KEY_ID", "stack");
    variables.put("AWS_SECRET_ACCESS_KEY", "stack-secret=");
    StackEnvironment.write(home, variables);
  }

  @Test
  void theStackIsFoundWhereNothingElseIsNamed() {
    assertThat(StackEnvironment.over(Map.of("PATH", "/bin"), home))
        .containsEntry("PATH", "/bin")
        .containsEntry("TEMPORAL_ADDRESS", "127.0.0.1:1")
        .containsEntry("AWS_SECRET_ACCESS_KEY", "stack-secret=");
  }

  @Test
  void whoNamesAnotherServerGetsNothingOfTheStacksForIt() {
    Map<String, String> merged =
        StackEnvironment.over(Map.of("TEMPER_STORE", "s3://team/x", "AWS_PROFILE", "team"), home);

    assertThat(merged)
        .containsEntry("TEMPER_STORE", "s3://team/x")
        .containsEntry("AWS_PROFILE", "team")
        .containsEntry("MLFLOW_TRACKING_URI", "http://127.0.0.1:2")
        .doesNotContainKeys("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID");
  }

  @Test
  void keysForAnotherServerAreNotUsedForTheStack() {
    Map<String, String> merged =
        StackEnvironment.over(
            Map.of(
                "AWS_ACCESS_KEY_ID", "mine",
                "AWS_SESSION_TOKEN", "mine",
                "TEMPORAL_API_KEY", "mine",
                "MLFLOW_TRACKING_TOKEN", "mine"),
            home);

    assertThat(merged)
        .containsEntry("AWS_ACCESS_KEY_ID", "stack")
        .doesNotContainKeys("AWS_SESSION_TOKEN", "TEMPORAL_API_KEY", "MLFLOW_TRACKING_TOKEN");
  }

  @Test
  void aStackThatIsNotUpIsNotThere() throws IOException {
    ServerFolder.of(home, StackServer.MLFLOW).forgetProcesses();

    assertThat(StackEnvironment.over(Map.of("PATH", "/bin"), home))
        .isEqualTo(Map.of("PATH", "/bin"));
  }

  @Test
  void aHomeWithoutAStackChangesNothing(@TempDir Path other) {
    assertThat(StackEnvironment.over(Map.of("PATH", "/bin"), other))
        .isEqualTo(Map.of("PATH", "/bin"));
  }
}
