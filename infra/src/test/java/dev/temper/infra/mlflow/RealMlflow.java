package dev.temper.infra.mlflow;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** An MLflow server in a process of its own, on loopback. */
final class RealMlflow implements AutoCloseable {

  private final Process process;
  private final String uri;

  private RealMlflow(Process process, String uri) {
    this.process = process;
    this.uri = uri;
  }

  /** Where it would be installed. */
  static Path program() {
    String given = System.getenv("TEMPER_MLFLOW");
    return given != null
        ? Path.of(given)
        : Path.of(System.getProperty("user.home"), ".cache/temper/servers/mlflow/bin/mlflow");
  }

  static RealMlflow start(Path folder) throws IOException, InterruptedException {
    return start(
        folder,
        List.of("--artifacts-destination", folder.resolve("artifacts").toString()),
        Map.of());
  }

  /** One that hands nothing on: whoever has files gets an address in a bucket, signed for them. */
  static RealMlflow startWithBucket(Path folder, String bucket, Map<String, String> s3)
      throws IOException, InterruptedException {
    Map<String, String> environment = new TreeMap<>(s3);
    environment.put("MLFLOW_S3_ENDPOINT_URL", s3.get("AWS_ENDPOINT_URL_S3"));
    return start(
        folder, List.of("--default-artifact-root", bucket, "--no-serve-artifacts"), environment);
  }

  private static RealMlflow start(
      Path folder, List<String> artifacts, Map<String, String> environment)
      throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Files.createDirectories(folder);
    List<String> command =
        new ArrayList<>(
            List.of(
                program().toString(),
                "server",
                "--host",
                "127.0.0.1",
                "--port",
                Integer.toString(port),
                "--workers",
                "1",
                "--backend-store-uri",
                "sqlite:///" + folder.resolve("mlflow.db")));
    command.addAll(artifacts);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.environment().put("MLFLOW_SERVER_ENABLE_JOB_EXECUTION", "false");
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    RealMlflow server = new RealMlflow(builder.start(), "http://127.0.0.1:" + port);
    server.awaitHealth(folder);
    return server;
  }

  private void awaitHealth(Path folder) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest health = HttpRequest.newBuilder(URI.create(uri + "/health")).build();
    for (int tries = 0; tries < 600; tries++) {
      if (!process.isAlive()) {
        break;
      }
      try {
        if (client.send(health, BodyHandlers.discarding()).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // Not yet.
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    close();
    throw new IOException("MLflow did not start: " + Files.readString(folder.resolve("log")));
  }

  String uri() {
    return uri;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
