package dev.temper.infra.s3;

import dev.temper.infra.tls.Authorities;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * How a server is reached, by the variables of the AWS tools.
 *
 * @param endpoint empty for AWS itself
 */
record S3Connection(
    Optional<URI> endpoint, Region region, AwsCredentialsProvider credentials, Optional<Path> ca) {

  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** Between two bytes of an answer. */
  private static final Duration SILENCE = Duration.ofSeconds(20);

  /** For one request with its body; a part of 16 MiB at 0.2 MB/s. */
  private static final Duration REQUEST = Duration.ofSeconds(90);

  private static final int CONNECTIONS = 32;

  static S3Connection of(Map<String, String> environment) {
    Optional<String> endpoint =
        value(environment, "AWS_ENDPOINT_URL_S3").or(() -> value(environment, "AWS_ENDPOINT_URL"));
    return new S3Connection(
        endpoint.map(S3Connection::address),
        region(environment, endpoint.isPresent()),
        credentials(environment),
        value(environment, "AWS_CA_BUNDLE").map(Path::of));
  }

  private static URI address(String text) {
    URI address = URI.create(text);
    if (address.getHost() == null || !text.matches("https?://.*")) {
      throw new IllegalArgumentException(
          "AWS_ENDPOINT_URL_S3 must be like https://host:port, got '" + text + "'");
    }
    return address;
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
  }

  private static Region region(Map<String, String> environment, boolean ownServer) {
    return value(environment, "AWS_REGION")
        .or(() -> value(environment, "AWS_DEFAULT_REGION"))
        .map(Region::of)
        .orElseGet(() -> ownServer ? Region.US_EAST_1 : regionOfMachine());
  }

  private static Region regionOfMachine() {
    try {
      return DefaultAwsRegionProviderChain.builder().build().getRegion();
    } catch (SdkClientException e) {
      return Region.US_EAST_1; // AWS itself names the right one, if it is another
    }
  }

  private static AwsCredentialsProvider credentials(Map<String, String> environment) {
    Optional<String> id = value(environment, "AWS_ACCESS_KEY_ID");
    Optional<String> secret = value(environment, "AWS_SECRET_ACCESS_KEY");
    if (id.isEmpty() || secret.isEmpty()) {
      return DefaultCredentialsProvider.builder()
          .profileName(value(environment, "AWS_PROFILE").orElse(null))
          .build();
    }
    return StaticCredentialsProvider.create(
        value(environment, "AWS_SESSION_TOKEN")
            .<software.amazon.awssdk.auth.credentials.AwsCredentials>map(
                token -> AwsSessionCredentials.create(id.get(), secret.get(), token))
            .orElseGet(() -> AwsBasicCredentials.create(id.get(), secret.get())));
  }

  /** What tells this server from others. */
  String server() {
    return endpoint.map(URI::toString).orElse("aws");
  }

  SdkHttpClient http() {
    Apache5HttpClient.Builder http =
        Apache5HttpClient.builder()
            .maxConnections(CONNECTIONS)
            .connectionTimeout(CONNECT)
            .socketTimeout(SILENCE);
    // Before a connection is asked for: a file that cannot be used is no fault of the server.
    ca.map(file -> Authorities.of(file, "AWS_CA_BUNDLE"))
        .ifPresent(trust -> http.tlsTrustManagersProvider(trust::getTrustManagers));
    return http.build();
  }

  S3Client client(SdkHttpClient http) {
    var client =
        S3Client.builder()
            .region(region)
            .credentialsProvider(credentials)
            .httpClient(http)
            .forcePathStyle(endpoint.isPresent())
            // Checksums are given where they are wanted; trailers confuse many servers.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .overrideConfiguration(
                options ->
                    options
                        .retryStrategy(AwsRetryStrategy.doNotRetry())
                        .apiCallAttemptTimeout(REQUEST));
    endpoint.ifPresent(client::endpointOverride);
    return client.build();
  }
}
