package dev.temper.infra.mlflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.temper.infra.stack.RealServer;
import dev.temper.infra.stack.RealServers.Handle;
import dev.temper.infra.stack.StackServer;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.mlflow.api.proto.Service.Run;

/** Reports in a real MLflow server, in both ways in which it keeps files. */
@Timeout(180)
class RealMlflowArtifactsTest {

  @TempDir Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void aServerThatKeepsFilesItselfHandsThemBack(@RealServer(StackServer.MLFLOW) Handle mlflow)
      throws Exception {
    Map<String, String> environment = mlflow.environment();

    assertThat(rootOfWhatIsReadBack(environment)).startsWith("mlflow-artifacts:");
  }

  @Test
  void aServerWhoseFilesLieInABucketSignsForThemAndHandsThemBack(
      @RealServer(StackServer.S3) Handle s3) throws Exception {
    boolean required = "1".equals(System.getenv("TEMPER_REQUIRE_SERVERS"));
    assumeTrue(
        required || Files.isExecutable(RealMlflow.program()),
        "no MLflow server at " + RealMlflow.program());
    String bucket = s3.environment().get("TEMPER_STORE") + "/mlflow-" + UUID.randomUUID();
    try (RealMlflow mlflow =
        RealMlflow.startWithBucket(folder.resolve("server"), bucket, s3.environment())) {
      Map<String, String> environment = new TreeMap<>();
      environment.put("MLFLOW_TRACKING_URI", mlflow.uri());

      // Without a key to the bucket: MLflow alone has one.
      assertThat(rootOfWhatIsReadBack(environment)).startsWith(bucket);
    }
  }

  /** Where files lie once they were sent and each was read back by MLflow's own interface. */
  private String rootOfWhatIsReadBack(Map<String, String> environment) throws Exception {
    SomeRun some = new SomeRun(folder, "r" + UUID.randomUUID().toString().substring(0, 8)).whole(3);
    // Names and bytes that addresses and encodings stumble over.
    Path report = some.folder().report();
    Files.writeString(report.resolve("a b+ä%20.txt"), "äöü\n");
    Files.write(report.resolve("bytes.bin"), new byte[] {0, (byte) 0xff, 13, 10, 26});
    Mlflow mlflow = Mlflow.of(environment).orElseThrow();

    Mlflow.Sync sent = mlflow.sync(some.folder(), some.recipe(), some.record(), 20);

    assertThat(sent.losses()).isEmpty();
    String uri = environment.get("MLFLOW_TRACKING_URI");
    MlflowContents contents = new MlflowContents(uri, Map.of());
    Run recipe = contents.run(some.recipe().name(), "");
    for (String name : new String[] {"index.html", "a b+ä%20.txt", "bytes.bin"}) {
      assertThat(readBack(uri, recipe, "report/" + name))
          .as(name)
          .isEqualTo(Files.readAllBytes(report.resolve(name)));
    }
    Run stage = contents.run(some.recipe().name(), "base");
    assertThat(readBack(uri, stage, "curve.csv"))
        .isEqualTo(Files.readAllBytes(some.folder().stage("base").resolve("curve.csv")));
    return recipe.getInfo().getArtifactUri();
  }

  /** As the user interface does. */
  private byte[] readBack(String uri, Run run, String path)
      throws IOException, InterruptedException {
    URI address =
        URI.create(
            "%s/get-artifact?run_id=%s&path=%s"
                .formatted(
                    uri,
                    run.getInfo().getRunId(),
                    URLEncoder.encode(path, StandardCharsets.UTF_8)));
    HttpResponse<byte[]> answer =
        client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofByteArray());
    assertThat(answer.statusCode())
        .as(() -> path + ": " + new String(answer.body(), StandardCharsets.UTF_8))
        .isEqualTo(200);
    return answer.body();
  }
}
