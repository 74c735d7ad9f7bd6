package dev.temper.infra.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** MinIO on one folder: an S3 server in which a conditional put has one winner. */
final class MinioServer implements Server {

  static final String BUCKET = "temper";

  @Override
  public StackServer id() {
    return StackServer.S3;
  }

  @Override
  public Map<String, Integer> ports() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put("port", 9000);
    ports.put("ui-port", 9001);
    return ports;
  }

  @Override
  public Map<String, String> newSettings() {
    return Map.of("access-key", "temper-" + random(6), "secret-key", random(20));
  }

  private static String random(int bytes) {
    byte[] drawn = new byte[bytes];
    new SecureRandom().nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }

  @Override
  public List<String> command(Path program, Map<String, String> settings) {
    return List.of(
        program.toString(),
        "server",
        "--quiet",
        "--address",
        "127.0.0.1:" + settings.get("port"),
        "--console-address",
        "127.0.0.1:" + settings.get("ui-port"),
        // Not the user's certificates, with which it would speak TLS.
        "--certs-dir",
        "certificates",
        "data");
  }

  @Override
  public Map<String, String> variables(Map<String, String> settings) {
    return Map.of(
        "MINIO_ROOT_USER",
        settings.get("access-key"),
        "MINIO_ROOT_PASSWORD",
        settings.get("secret-key"),
        "MINIO_UPDATE",
        "off",
        "MINIO_CALLHOME_ENABLE",
        "off");
  }

  @Override
  public void lay(Path folder) throws IOException {
    Files.createDirectories(folder.resolve("certificates"));
    // A bucket is a folder in the data.
    Files.createDirectories(folder.resolve("data").resolve(BUCKET));
  }

  @Override
  public boolean ready(Path program, Map<String, String> settings, Map<String, String> variables)
      throws IOException {
    return Probe.ok("http://127.0.0.1:" + settings.get("port") + "/minio/health/ready");
  }

  @Override
  public Map<String, String> environment(Map<String, String> settings) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("TEMPER_STORE", "s3://" + BUCKET);
    environment.put("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:" + settings.get("port"));
    environment.put("AWS_REGION", "us-east-1");
    environment.put("AWS_ACCESS_KEY_ID", settings.get("access-key"));
    environment.put("AWS_SECRET_ACCESS_KEY", settings.get("secret-key"));
    return environment;
  }

  @Override
  public String link(Map<String, String> settings) {
    return "http://127.0.0.1:" + settings.get("ui-port");
  }
}
