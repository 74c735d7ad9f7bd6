package dev.temper.infra.mlflow;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.activities.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mlflow.api.proto.Service.Run;

/**
 * Attaches small files to runs, by the server's own artifact service or, where artifacts lie in
 * buckets that it does not serve, by addresses that it signs.
 *
 * <p>A tag holds the hash of all that was attached, so that nothing is sent twice.
 */
final class Artifacts {

  private static final String SENT = "temper.artifacts";
  private static final String PROXIED = "mlflow-artifacts:";
  private static final String SERVICE = "/api/2.0/mlflow-artifacts/artifacts/";

  private final MlflowTransport transport;
  private final MlflowCalls calls;

  Artifacts(MlflowTransport transport, MlflowCalls calls) {
    this.transport = transport;
    this.calls = calls;
  }

  /**
   * Attaches files.
   *
   * @param files by the path that they get
   * @return why not, if the server cannot take files from here
   */
  Optional<String> attach(Run run, Map<String, Path> files) throws IOException {
    SortedMap<String, Path> sorted = new TreeMap<>(files);
    String hash = hash(sorted);
    if (sorted.isEmpty() || MlflowRuns.tag(run, SENT).equals(Optional.of(hash))) {
      return Optional.empty();
    }
    String root = run.getInfo().getArtifactUri();
    try {
      for (Map.Entry<String, Path> file : sorted.entrySet()) {
        if (root.startsWith(PROXIED)) {
          transport.upload(SERVICE + encoded(proxied(root) + "/" + file.getKey()), file.getValue());
        } else {
          signed(run, file.getKey(), file.getValue());
        }
      }
    } catch (MlflowFailure e) {
      if (e.passing()) {
        throw e;
      }
      return Optional.of(
          "files were not attached (artifacts lie at " + root + "): " + e.getMessage());
    }
    calls.setTag(run.getInfo().getRunId(), SENT, hash);
    return Optional.empty();
  }

  private void signed(Run run, String path, Path file) throws IOException {
    JsonNode answer =
        calls.post(
            "artifacts/presigned-upload-url",
            MlflowCalls.body().put("run_id", run.getInfo().getRunId()).put("path", path));
    Map<String, String> headers = new TreeMap<>();
    answer
        .path("headers")
        .properties()
        .forEach(header -> headers.put(header.getKey(), header.getValue().asText()));
    transport.uploadSigned(URI.create(answer.path("presigned_url").asText()), headers, file);
  }

  /**
   * {@code mlflow-artifacts:/1/run/artifacts} and {@code mlflow-artifacts://host/1/run/artifacts}.
   */
  private static String proxied(String root) {
    return root.substring(PROXIED.length()).replaceFirst("^//[^/]*", "").replaceFirst("^/+", "");
  }

  private static String encoded(String path) {
    return Arrays.stream(path.split("/"))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
        .collect(Collectors.joining("/"));
  }

  private static String hash(SortedMap<String, Path> files) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[1 << 16];
    for (Map.Entry<String, Path> file : files.entrySet()) {
      digest.update(
          (file.getKey() + "\n" + Files.size(file.getValue()) + "\n")
              .getBytes(StandardCharsets.UTF_8));
      try (InputStream in = Files.newInputStream(file.getValue())) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          digest.update(buffer, 0, read);
        }
      }
    }
    return Sha256.hex(digest);
  }

  /** The files in a folder that are meant for people; those that only Temper reads stay. */
  static Map<String, Path> of(Path folder, String under) throws IOException {
    Map<String, Path> files = new TreeMap<>();
    if (!Files.isDirectory(folder)) {
      return files;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        String path = folder.relativize(file).toString().replace('\\', '/');
        if (!path.startsWith(".") && !OWN.contains(path)) {
          files.put(under + path, file);
        }
      }
    }
    return files;
  }

  private static final java.util.Set<String> OWN =
      java.util.Set.of("metrics.jsonl", "committed.json", "attempts.jsonl", "progress.json");
}
