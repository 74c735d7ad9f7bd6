package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.recipes.Stage;
import dev.temper.workflows.StageResult;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StageDriverTest {

  private static final Stage STAGE = FakeStages.stage("base", 11, 20, 10);

  @TempDir Path folder;
  private StageResult clean;
  private String cleanLines;

  @BeforeEach
  void runClean() throws Exception {
    Rig rig = new Rig(folder.resolve("clean"));
    clean = rig.run("clean", STAGE);
    cleanLines = rig.metricLines("clean", "base");
  }

  @Test
  void aCleanRunLogsEveryStepOnceAndKeepsNoCheckpoint() throws Exception {
    Rig rig = new Rig(folder.resolve("clean"));
    assertThat(clean.cached()).isFalse();
    assertThat(clean.steps()).isEqualTo(20);
    assertThat(clean.outputs()).containsEntry("@last", "snapshots/last");
    assertThat(clean.metrics()).containsKey("train/loss_average");
    assertThat(cleanLines.lines()).hasSize(20);
    assertThat(rig.executedSteps("clean", "base")).isEqualTo(20);
    assertThat(rig.checkpoints(clean.key())).doesNotExist();
    assertThat(rig.stageFolder("clean", "base").resolve("samples.jsonl")).exists();
    assertThat(rig.store().roots().get("clean")).containsExactly(clean.key());
  }

  @ParameterizedTest
  @CsvSource({
    "stage.restored, 1, 0",
    "stage.step, 3, 0",
    "stage.step, 13, 10",
    "checkpoint.file, 1, 0",
    "checkpoint.file, 5, 5",
    "checkpoint.before-publish, 1, 0",
    "checkpoint.before-publish, 2, 5",
    "checkpoint.after-publish, 2, 10",
    "artifact.file, 2, 15",
    "artifact.before-publish, 1, 15"
  })
  void aFailureAtAnyMomentChangesNoBit(String moment, int hit, long resumedFromStep)
      throws Exception {
    Rig rig = new Rig(folder.resolve("failed")).failing(failOnce(moment, hit));
    assertThatThrownBy(() -> rig.run("failed", STAGE)).hasStackTraceContaining("planned");
    StageResult again = rig.run("failed", STAGE);
    assertThat(again.cached()).isFalse();
    assertThat(again.resumedFromStep()).isEqualTo(resumedFromStep);
    assertSameAsClean(rig, "failed", again);
  }

  @Test
  void onlyWhatACheckpointOrTheArtifactCoversIsToldToBeFinal() throws Exception {
    Rig rig = new Rig(folder.resolve("failed")).failing(failOnce("stage.step", 13));
    assertThatThrownBy(() -> rig.run("failed", STAGE)).hasStackTraceContaining("planned");
    Path committed = rig.stageFolder("failed", "base").resolve("committed.json");
    assertThat(committed).hasContent("{\"step\":10}\n");
    assertThat(rig.metricLines("failed", "base").lines()).hasSize(13);
    rig.run("failed", STAGE);
    assertThat(committed).hasContent("{\"step\":20}\n");
    assertThat(rig.told())
        .filteredOn(told -> told.startsWith("committed"))
        .containsExactly(
            "committed failed base 0",
            "committed failed base 5",
            "committed failed base 10",
            "committed failed base 10",
            "committed failed base 15",
            "committed failed base 20");
  }

  @Test
  void theTimeForWhichALoopStandsStillForItsCheckpointsIsKept() throws Exception {
    AtomicBoolean held = new AtomicBoolean();
    CountDownLatch twoBeats = new CountDownLatch(2); // a loop that waits gives one every 200 ms
    Rig rig =
        new Rig(folder.resolve("slow"))
            .failing(
                (moment, kind) -> {
                  if (moment.equals("checkpoint.before-publish")) {
                    held.set(true);
                    await(twoBeats);
                  }
                });
    rig.run(
        FakeStages.request("slow", FakeStages.stage("base", 11, 3, 1)),
        new FreeControl() {
          @Override
          public void report(StageProgress progress) {
            if (held.get()) {
              twoBeats.countDown();
            }
          }
        });
    JsonNode attempt = rig.attempt("slow", "base");
    assertThat(attempt.get("checkpoints").longValue()).isEqualTo(2);
    assertThat(attempt.get("stalledMicros").longValue()).isGreaterThanOrEqualTo(200_000);
    assertThat(attempt.get("loopMicros").longValue())
        .isGreaterThanOrEqualTo(attempt.get("stalledMicros").longValue());
  }

  @Test
  void aLoopWithoutCheckpointsNeverStandsStillForThem() throws Exception {
    Rig rig = new Rig(folder.resolve("free"));
    rig.run("free", FakeStages.stage("base", 11, 3, 0));
    JsonNode attempt = rig.attempt("free", "base");
    assertThat(attempt.get("checkpoints").longValue()).isZero();
    assertThat(attempt.get("stalledMicros").longValue()).isZero();
    assertThat(attempt.get("loopMicros").longValue()).isPositive();
  }

  @Test
  void aFoundArtifactIsFinalAsAWhole() throws Exception {
    Rig rig = new Rig(folder.resolve("clean"));
    rig.run("other", STAGE);
    assertThat(rig.told()).contains("committed other base 20");
  }

  @Test
  void aFailureAfterTheArtifactIsThereCostsNothing() throws Exception {
    Rig rig = new Rig(folder.resolve("failed")).failing(failOnce("artifact.after-publish", 1));
    assertThatThrownBy(() -> rig.run("failed", STAGE)).hasStackTraceContaining("planned");
    StageResult again = rig.run("failed", STAGE);
    assertThat(again.cached()).isTrue();
    assertThat(rig.executedSteps("failed", "base")).isEqualTo(20);
    assertSameAsClean(rig, "failed", again);
  }

  @Test
  void anotherRunFindsTheArtifactWithItsMetricsAndAttachments() throws Exception {
    Rig rig = new Rig(folder.resolve("clean"));
    StageResult other = rig.run("other", STAGE);
    assertThat(other.cached()).isTrue();
    assertThat(other.content()).isEqualTo(clean.content());
    assertThat(rig.metricLines("other", "base")).isEqualTo(cleanLines);
    assertThat(rig.stageFolder("other", "base").resolve("samples.jsonl"))
        .hasSameTextualContentAs(rig.stageFolder("clean", "base").resolve("samples.jsonl"));
  }

  @Test
  void whoeverFindsAnArtifactGivesItsMetricLinesTheSameTime() throws Exception {
    Rig rig = new Rig(folder.resolve("clean"));
    rig.run("other", STAGE);
    long published = rig.store().published(clean.key()).toEpochMilli();
    for (String line :
        Files.readAllLines(rig.stageFolder("other", "base").resolve("metrics.jsonl"))) {
      assertThat(FakeStages.JSON.readTree(line).get("time").longValue()).isEqualTo(published);
    }
  }

  private void assertSameAsClean(Rig rig, String run, StageResult result) throws Exception {
    assertThat(result.content()).isEqualTo(clean.content());
    assertThat(rig.metricLines(run, "base")).isEqualTo(cleanLines);
    assertThat(rig.artifact(result.key()).resolve("MANIFEST.json"))
        .hasSameTextualContentAs(
            folder.resolve("clean/store/artifacts").resolve(clean.key()).resolve("MANIFEST.json"));
    assertThat(folder.resolve(run).resolve("store/staging").resolve(result.key())).doesNotExist();
  }

  static StageFailpoints failOnce(String moment, int hit) {
    AtomicInteger left = new AtomicInteger(hit);
    return (reached, kind) -> {
      if (reached.equals(moment) && left.decrementAndGet() == 0) {
        throw new UncheckedIOException(new java.io.IOException("planned at " + moment));
      }
    };
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
