package dev.temper.infra.temporal;

import io.grpc.Metadata;
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
    return "%s, namespace %s, %s, %s"
        .formatted(
            target(), namespace(), isEncrypted() ? "with TLS" : "without TLS", credentials());
  }

  /** Whether TLS was turned off in words. */
  boolean isPlain() {
    var tls = profile.getTls();
    return tls != null && Boolean.TRUE.equals(tls.isDisabled());
  }

  /** What a server said, with every key that it repeats struck out. */
  public String withoutSecrets(String said) {
    String clean = said;
    for (String secret : secrets()) {
      clean = clean.replace(secret, "***");
    }
    return clean;
  }

  private List<String> secrets() {
    List<String> secrets = new ArrayList<>();
    if (!isEmpty(profile.getApiKey())) {
      secrets.add(profile.getApiKey());
    }
    for (String header : headers()) {
      String value =
          profile.getMetadata().get(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER));
      // A server may leave the scheme out, as in "Bearer KEY".
      secrets.addAll(List.of(value, value.substring(value.lastIndexOf(' ') + 1)));
    }
    secrets.removeIf(String::isBlank);
    return secrets;
  }

  /** Headers of the user's own that are text. */
  private List<String> headers() {
    return profile.getMetadata() == null
        ? List.of()
        : profile.getMetadata().keys().stream()
            .filter(name -> !name.endsWith(Metadata.BINARY_HEADER_SUFFIX))
            .sorted()
            .toList();
  }

  boolean isEncrypted() {
    // The SDK turns TLS on where there is a key to protect.
    return !isPlain() && (profile.getTls() != null || !isEmpty(profile.getApiKey()));
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
    headers().forEach(name -> there.add("the header '" + name + "'"));
    return there.isEmpty() ? "without credentials" : "with " + String.join(" and ", there);
  }

  private static boolean isEmpty(String text) {
    return text == null || text.isEmpty();
  }
}
