package dev.temper.infra.mlflow;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the server is and how to talk to it, by MLflow's own environment variables.
 *
 * @param server without credentials and without a slash at the end
 * @param authorization value of the header
 * @param insecure whether any certificate will do
 * @param certificates PEM file with the authorities to trust instead of Java's
 */
record MlflowSettings(
    URI server,
    Optional<String> authorization,
    boolean insecure,
    Optional<Path> certificates,
    Proxies proxies) {

  private static final String URI_NAME = "MLFLOW_TRACKING_URI";

  /**
   * Reads them; empty without an address.
   *
   * @throws IllegalArgumentException naming the variable, its value and the rule
   */
  static Optional<MlflowSettings> of(Map<String, String> environment) {
    String address = environment.getOrDefault(URI_NAME, "").strip();
    if (address.isEmpty()) {
      return Optional.empty();
    }
    URI given = address(address);
    return Optional.of(
        new MlflowSettings(
            bare(given),
            authorization(environment, given),
            flag(environment, "MLFLOW_TRACKING_INSECURE_TLS"),
            certificates(environment),
            Proxies.of(environment)));
  }

  private static URI address(String address) {
    try {
      URI uri = URI.create(address);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("http") || scheme.equals("https")) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through: its message would repeat the address with any password in it.
    }
    throw new IllegalArgumentException(
        "%s must be http://HOST:PORT or https://HOST:PORT, got '%s'"
            .formatted(URI_NAME, withoutSecrets(address)));
  }

  private static String withoutSecrets(String address) {
    return address.replaceAll("//[^/@]*@", "//***@");
  }

  private static URI bare(URI given) {
    String path = given.getPath() == null ? "" : given.getPath().replaceAll("/+$", "");
    String port = given.getPort() < 0 ? "" : ":" + given.getPort();
    return URI.create(given.getScheme() + "://" + given.getHost() + port + path);
  }

  private static Optional<String> authorization(Map<String, String> environment, URI given) {
    String user = environment.getOrDefault("MLFLOW_TRACKING_USERNAME", "");
    if (!user.isEmpty()) {
      return Optional.of(
          basic(user + ":" + environment.getOrDefault("MLFLOW_TRACKING_PASSWORD", "")));
    }
    String token = environment.getOrDefault("MLFLOW_TRACKING_TOKEN", "");
    if (!token.isEmpty()) {
      return Optional.of("Bearer " + token);
    }
    return Optional.ofNullable(given.getUserInfo()).map(MlflowSettings::basic);
  }

  static String basic(String userAndPassword) {
    byte[] bytes = userAndPassword.getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  private static boolean flag(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "").strip().toLowerCase(Locale.ROOT);
    return switch (value) {
      case "", "0", "false" -> false;
      case "1", "true" -> true;
      default ->
          throw new IllegalArgumentException(
              "%s must be true or false, got '%s'".formatted(name, value));
    };
  }

  private static Optional<Path> certificates(Map<String, String> environment) {
    String name = "MLFLOW_TRACKING_SERVER_CERT_PATH";
    String value = environment.getOrDefault(name, "").strip();
    if (value.isEmpty()) {
      return Optional.empty();
    }
    Path file = Path.of(value);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "%s must be a PEM file, but there is no file %s".formatted(name, file));
    }
    Trust.requireAuthorities(file);
    return Optional.of(file);
  }

  /** The header must not reach a log by way of the record's text. */
  @Override
  public String toString() {
    return server + (authorization.isPresent() ? " with credentials" : "");
  }
}
