package dev.temper.infra;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.infra.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Ctrl-C does. The signal sent is SIGTERM, which takes the same way: SIGINT is ignored by
 * whatever a shell started in the background, this test's own process perhaps included.
 */
class InterruptTest {

  @TempDir Path folder;

  @Test
  void anInterruptedRunSavesAndTheSameCommandGoesOn() throws Exception {
    Path recipe = folder.resolve("long.yaml");
    Files.writeString(
        recipe,
        """
        name: long
        stages:
          base:
            kind: pretrain
            data: {synthetic: kind-notes/pretraining, rows: 200}
            model: {architecture: llama, width: 32, layers: 1, heads: 4, feedForward: 64}
            steps: 1000000
            batchRows: 4
            rowTokens: 32
            learningRate: 1.0e-3
        """);

    long first = interruptedAfterSomeSteps(recipe, 0);
    long second = interruptedAfterSomeSteps(recipe, first);

    assertThat(first).isPositive();
    assertThat(second).isGreaterThan(first);
    JsonNode stage = record().get("stages").get(0);
    assertThat(stage.get("attempts").asInt()).isEqualTo(2);
    assertThat(stage.get("resumedFromStep").asLong()).isEqualTo(first);
  }

  /** Returns the step of the checkpoint that was left. */
  private long interruptedAfterSomeSteps(Path recipe, long from) throws Exception {
    Path journal = folder.resolve("home/runs/long/stages/base/progress.json");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx600m",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--home",
                folder.resolve("home").toString(),
                "run",
                recipe.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("terminal.log").toFile())
            .start();
    try {
      while (process.isAlive() && step(journal) <= from) {
        process.waitFor(20, TimeUnit.MILLISECONDS);
      }
      process.destroy();
      assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(folder.resolve("terminal.log"));
    assertThat(process.exitValue()).as(said).isEqualTo(130);
    assertThat(said).contains("The same command continues run long");
    assertThat(record().get("status").asText()).isEqualTo("paused");
    return newestCheckpoint();
  }

  private static long step(Path progress) throws IOException {
    return Files.exists(progress)
        ? new ObjectMapper().readTree(progress.toFile()).path("step").asLong()
        : -1;
  }

  private JsonNode record() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("home/runs/long/run.json").toFile());
  }

  private long newestCheckpoint() throws IOException {
    try (var files = Files.walk(folder.resolve("home/store/checkpoints"))) {
      List<Path> manifests =
          files.filter(file -> file.getFileName().toString().equals("MANIFEST.json")).toList();
      long newest = 0;
      for (Path manifest : manifests) {
        newest = Math.max(newest, step(manifest));
      }
      return newest;
    }
  }
}
