package dev.temper.infra.s3;

import java.net.URI;
import java.util.Map;

/** A running S3 server. */
public interface S3Server extends AutoCloseable {

  String ACCESS_KEY = "temper-test";
  String SECRET_KEY = "temper-test-secret";

  URI address();

  /** What a user would set to reach it. */
  default Map<String, String> environment() {
    return Map.of(
        "AWS_ENDPOINT_URL_S3", address().toString(),
        "AWS_ACCESS_KEY_ID", ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY", SECRET_KEY);
  }

  @Override
  void close() throws Exception;
}
