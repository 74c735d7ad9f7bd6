package dev.temper.infra.temporal;

import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where the Temporal server is and who asks, as the SDK's own conventions say: environment
 * variables over a profile of the configuration file. Nothing of it stands on a command line.
 */
public final class ServerAddress {

  private final ClientConfigProfile profile;

  private ServerAddress(ClientConfigProfile profile) {
    this.profile = profile;
  }

  /**
   * The configured server; empty where no address is.
   *
   * @throws ServerException if the configuration file cannot be read
   */
  public static Optional<ServerAddress> of(Map<String, String> environment) throws ServerException {
    ClientConfigProfile profile;
    try {
      profile =
          ClientConfigProfile.load(
              LoadClientConfigProfileOptions.newBuilder().setEnvOverrides(environment).build());
    } catch (IOException | RuntimeException e) {
      // Not the cause itself: a parser quotes the line that it stumbled over, and keys stand there.
      throw new ServerException(
          "the Temporal configuration cannot be read (%s, profile '%s'): %s"
              .formatted(
                  environment.getOrDefault("TEMPORAL_CONFIG_FILE", "the default temporal.toml"),
                  environment.getOrDefault("TEMPORAL_PROFILE", "default"),
                  e.getClass().getSimpleName()));
    }
    return isEmpty(profile.getAddress())
        ? Optional.empty()
        : Optional.of(new ServerAddress(profile));
  }

  ClientConfigProfile profile() {
    return profile;
  }

  /** Host and port. */
  public String target() {
    return profile.getAddress();
  }

  public String namespace() {
    return isEmpty(profile.getNamespace()) ? "default" : profile.getNamespace();
  }

  /** {@code "localhost:7233, namespace default, without TLS, without credentials"}. */
  public String inWords() {
    return "%s, namespace %s, %s, %s".formatted(target(), namespace(), encryption(), credentials());
  }

  private String encryption() {
    var tls = profile.getTls();
    if (tls != null && Boolean.TRUE.equals(tls.isDisabled())) {
      return "without TLS";
    }
    // The SDK turns TLS on where there is a key to protect.
    return tls != null || !isEmpty(profile.getApiKey()) ? "with TLS" : "without TLS";
  }

  private String credentials() {
    List<String> there = new ArrayList<>();
    if (!isEmpty(profile.getApiKey())) {
      there.add("an API key");
    }
    var tls = profile.getTls();
    if (tls != null && (!isEmpty(tls.getClientCertPath()) || tls.getClientCertData() != null)) {
      there.add("a client certificate");
    }
    return there.isEmpty() ? "without credentials" : "with " + String.join(" and ", there);
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }
}
