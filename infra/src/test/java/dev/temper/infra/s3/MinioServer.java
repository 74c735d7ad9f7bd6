package dev.temper.infra.s3;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** A real MinIO in a process of its own, on a loopback port. */
final class MinioServer implements S3Server {

  private final Process process;
  private final URI address;

  private MinioServer(Process process, URI address) {
    this.process = process;
    this.address = address;
  }

  /** Starts it; skips the test, and says so, where the program is not installed. */
  static MinioServer start(Path folder) throws Exception {
    Optional<Path> program = program();
    Assumptions.assumeTrue(
        program.isPresent(), "MinIO is not installed: ~/.cache/temper/servers/bin/minio");
    int port = freePort();
    String address = "127.0.0.1:" + port;
    ProcessBuilder builder =
        new ProcessBuilder(
            program.get().toString(),
            "server",
            "--address",
            address,
            "--console-address",
            "127.0.0.1:0",
            Files.createDirectories(folder.resolve("data")).toString());
    builder.environment().put("MINIO_ROOT_USER", ACCESS_KEY);
    builder.environment().put("MINIO_ROOT_PASSWORD", SECRET_KEY);
    builder.redirectErrorStream(true).redirectOutput(folder.resolve("minio.log").toFile());
    MinioServer server = new MinioServer(builder.start(), URI.create("http://" + address));
    server.awaitReady(folder.resolve("minio.log"));
    return server;
  }

  private static Optional<Path> program() {
    String folder =
        System.getProperty(
            "temper.servers", System.getProperty("user.home") + "/.cache/temper/servers");
    return Optional.of(Path.of(folder, "bin", "minio")).filter(Files::isExecutable);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private void awaitReady(Path log) throws Exception {
    for (int tried = 0; tried < 300; tried++) {
      if (!process.isAlive()) {
        break;
      }
      if (isReady()) {
        return;
      }
      process.waitFor(100, TimeUnit.MILLISECONDS);
    }
    process.destroyForcibly();
    throw new IllegalStateException("MinIO did not start:\n" + Files.readString(log));
  }

  private boolean isReady() throws IOException {
    HttpURLConnection ask =
        (HttpURLConnection) address.resolve("/minio/health/ready").toURL().openConnection();
    try {
      return ask.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    } finally {
      ask.disconnect();
    }
  }

  @Override
  public URI address() {
    return address;
  }

  @Override
  public void close() throws Exception {
    process.destroy();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
