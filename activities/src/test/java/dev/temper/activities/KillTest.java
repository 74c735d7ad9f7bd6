package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that really die: afterwards everything is as if nothing had happened. */
class KillTest {

  private static final int KILLED = 137;

  @TempDir static Path cleanFolder;
  private static Path clean;

  @TempDir Path folder;

  @BeforeAll
  static void runClean() throws Exception {
    clean = cleanFolder.resolve("clean");
    Process process =
        new ProcessBuilder(command(clean, "run"))
            .redirectErrorStream(true)
            .redirectOutput(cleanFolder.resolve("log").toFile())
            .start();
    assertThat(process.waitFor()).isZero();
  }

  @Test
  void killedAtEveryMomentARunEndsWithTheSameArtifactsAndMetricLines() throws Exception {
    Path killed = folder.resolve("killed");
    List<String> moments =
        List.of(
            "stage.restored:*:1",
            "stage.step:*:7",
            "checkpoint.file:*:1",
            "checkpoint.file:*:2",
            "checkpoint.before-publish:*:2",
            "checkpoint.after-publish:*:1",
            "artifact.file:*:2",
            "artifact.before-publish:*:2",
            "artifact.after-publish:*:1");
    for (String moment : moments) {
      assertThat(run(killed, moment)).as(moment).isEqualTo(KILLED);
    }
    assertThat(run(killed, "")).isZero();
    assertSame(killed, moments.size());
  }

  @Test
  void killedFromOutsideARunEndsWithTheSameArtifactsAndMetricLines() throws Exception {
    Path killed = folder.resolve("killed");
    int kills = 0;
    for (String stage : List.of("base", "rm", "eval")) {
      Process process = start(killed, "");
      Path journal = killed.resolve("runs/run/stages").resolve(stage).resolve("metrics.jsonl");
      while (process.isAlive() && !hasLines(journal, 8)) {
        Thread.onSpinWait();
      }
      process.destroyForcibly();
      kills += process.waitFor() == KILLED ? 1 : 0;
    }
    assertThat(kills).isPositive();
    assertThat(run(killed, "")).isZero();
    assertSame(killed, kills);
  }

  @Test
  void ofTwoProcessesThatNeedTheSameStagesEachStageIsMadeByOne() throws Exception {
    Path home = folder.resolve("shared");
    Process one = start(home, "", "one");
    Process two = start(home, "", "two");
    assertThat(one.waitFor()).as("see log").isZero();
    assertThat(two.waitFor()).as("see log").isZero();
    Rig rig = new Rig(home);
    for (Stage stage : FakeStages.sixStages(1, 1).stages()) {
      assertThat(rig.metricLines("one", stage.name()))
          .isEqualTo(rig.metricLines("two", stage.name()));
      long executed = 0;
      for (String run : List.of("one", "two")) {
        if (Files.exists(rig.stageFolder(run, stage.name()).resolve("attempts.jsonl"))) {
          executed += rig.executedSteps(run, stage.name());
        }
      }
      assertThat(executed).as(stage.name()).isEqualTo(KilledRun.STEPS);
    }
  }

  @Test
  void aFullDiskIsNamedAndNothingHalfWrittenCounts() throws Exception {
    Path full = folder.resolve("full");
    // A limit on the size of files stands in for a full disk: writes fail in the same place.
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 2; exec \"$@\"", "sh"));
    command.addAll(command(full, "run"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), LATIN);
    assertThat(process.waitFor()).isEqualTo(1);
    assertThat(said).contains("cannot write " + full);
    assertThat(full.resolve("store/artifacts")).isEmptyDirectory();
    assertThat(run(full, "")).isZero();
    assertSame(full, 1);
  }

  private static boolean hasLines(Path file, int lines) throws IOException {
    if (!Files.exists(file)) {
      return false;
    }
    try (Stream<String> found = Files.lines(file)) {
      return found.count() >= lines;
    }
  }

  private static void assertSame(Path killed, int kills) throws IOException {
    assertThat(artifacts(killed)).isEqualTo(artifacts(clean));
    Rig expected = new Rig(clean);
    Rig actual = new Rig(killed);
    long executed = 0;
    for (Stage stage : FakeStages.sixStages(1, 1).stages()) {
      assertThat(actual.metricLines("run", stage.name()))
          .as(stage.name())
          .isEqualTo(expected.metricLines("run", stage.name()));
      executed += actual.executedSteps("run", stage.name());
    }
    // One interval for each of the two stages that may be running when the process is killed.
    long most = 6L * KilledRun.STEPS + 2L * KilledRun.CHECKPOINT_EVERY_STEPS * kills;
    assertThat(executed).isBetween(6L * KilledRun.STEPS, most);
    assertThat(leftovers(killed)).isEmpty();
  }

  /** SHA-256 of every file of every artifact, manifests and attachments included. */
  private static Map<String, String> artifacts(Path home) throws IOException {
    Path root = home.resolve("store/artifacts");
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path file : walk.filter(Files::isRegularFile).toList()) {
        files.put(root.relativize(file).toString(), Sha256.of(Files.readString(file, LATIN)));
      }
    }
    assertThat(files).hasSize(6 * 5);
    return files;
  }

  private static final java.nio.charset.Charset LATIN =
      java.nio.charset.StandardCharsets.ISO_8859_1;

  private static List<Path> leftovers(Path home) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder : List.of("staging", "checkpoints")) {
      try (Stream<Path> walk = Files.walk(home.resolve("store").resolve(folder))) {
        walk.filter(Files::isRegularFile).forEach(files::add);
      }
    }
    return files;
  }

  private int run(Path home, String haltAt) throws IOException, InterruptedException {
    Process process = start(home, haltAt);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    if (process.exitValue() != 0 && process.exitValue() != KILLED) {
      throw new AssertionError(Files.readString(log(home)));
    }
    return process.exitValue();
  }

  private static List<String> command(Path home, String run) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-Xmx256m",
        "-cp",
        System.getProperty("java.class.path"),
        KilledRun.class.getName(),
        home.toString(),
        run);
  }

  private Process start(Path home, String haltAt) throws IOException {
    return start(home, haltAt, "run");
  }

  private Process start(Path home, String haltAt, String run) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command(home, run));
    builder.environment().put(HaltAt.VARIABLE, haltAt);
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(home).toFile()))
        .start();
  }

  private Path log(Path home) {
    return folder.resolve(home.getFileName() + ".log");
  }
}
