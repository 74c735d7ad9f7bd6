package dev.temper.infra.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerAddressTest {

  @TempDir Path folder;

  @Test
  void withoutAnAddressThereIsNoServer() throws Exception {
    assertThat(ServerAddress.of(Map.of("TEMPORAL_CONFIG_FILE", missing()))).isEmpty();
  }

  @Test
  void theEnvironmentComesBeforeTheFile() throws Exception {
    Path file = file("[profile.team]\naddress = \"file:7233\"\nnamespace = \"training\"\n");

    ServerAddress address =
        ServerAddress.of(
                Map.of(
                    "TEMPORAL_CONFIG_FILE",
                    file.toString(),
                    "TEMPORAL_PROFILE",
                    "team",
                    "TEMPORAL_ADDRESS",
                    "environment:7233"))
            .orElseThrow();

    assertThat(address.target()).isEqualTo("environment:7233");
    assertThat(address.namespace()).isEqualTo("training");
  }

  @Test
  void itIsDescribedWithoutItsSecrets() throws Exception {
    ServerAddress open =
        ServerAddress.of(Map.of("TEMPORAL_ADDRESS", "host:7233", "TEMPORAL_CONFIG_FILE", missing()))
            .orElseThrow();
    ServerAddress locked =
        ServerAddress.of(
                Map.of(
                    "TEMPORAL_ADDRESS",
                    "host:7233",
                    "TEMPORAL_CONFIG_FILE",
                    missing(),
                    "TEMPORAL_API_KEY",
                    "s3cret",
                    "TEMPORAL_TLS_CLIENT_CERT_DATA",
                    "c3rt",
                    "TEMPORAL_TLS_CLIENT_KEY_DATA",
                    "k3y"))
            .orElseThrow();

    assertThat(open.inWords())
        .isEqualTo("host:7233, namespace default, without TLS, without credentials");
    assertThat(locked.inWords())
        .isEqualTo(
            "host:7233, namespace default, with TLS, with an API key and a client certificate");
  }

  @Test
  void aFileThatCannotBeReadIsNamedAndNotQuoted() throws IOException {
    Path file = file("[profile.default]\napi_key = s3cret without quotes\n");

    assertThatThrownBy(() -> ServerAddress.of(Map.of("TEMPORAL_CONFIG_FILE", file.toString())))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(file.toString())
        .hasMessageNotContaining("s3cret");
  }

  private String missing() {
    return folder.resolve("missing.toml").toString();
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("temporal.toml"), text);
  }
}
