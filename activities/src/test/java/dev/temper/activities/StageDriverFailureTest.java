package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.temper.recipes.Stage;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Inspectable;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in a stage, and what becomes of it. */
class StageDriverFailureTest {

  private static final Stage STAGE = FakeStages.stage("base", 11, 20, 10);

  @TempDir Path folder;

  @Test
  void aTornCheckpointIsPassedOverAndTheResultIsTheSame() throws Exception {
    StageResult clean = new Rig(folder.resolve("clean")).run("run", STAGE);
    Rig rig =
        new Rig(folder.resolve("torn"))
            .failing(StageDriverTest.failOnce("artifact.before-publish", 1));
    assertThatThrownBy(() -> rig.run("run", STAGE)).hasStackTraceContaining("planned");
    FolderArtifactStoreTest.truncate(checkpointFile(rig, clean.key(), 15, "weights.f32"));
    StageResult again = rig.run("run", STAGE);
    assertThat(again.resumedFromStep()).isEqualTo(10);
    assertThat(again.notes())
        .singleElement()
        .asString()
        .contains("step-0000000015 was passed over")
        .contains("weights.f32 has 255 of 256 bytes");
    assertThat(rig.told()).contains("note run base " + again.notes().get(0));
    assertThat(again.content()).isEqualTo(clean.content());
    assertThat(rig.metricLines("run", "base").lines()).hasSize(20);
  }

  @Test
  void aDamagedArtifactStopsTheStageAndIsNamed() throws Exception {
    Rig rig = new Rig(folder);
    StageResult made = rig.run("run", STAGE);
    FolderArtifactStoreTest.truncate(rig.artifact(made.key()).resolve("weights.f32"));
    assertThatThrownBy(() -> rig.run("run", STAGE))
        .isInstanceOfSatisfying(
            StageFailure.class,
            failure -> assertThat(failure.type()).isEqualTo(StageFailure.Type.ARTIFACT_CORRUPT))
        .hasMessageContaining("weights.f32 has 255 of 256 bytes");
  }

  /** Garbage collection hides what it then finds needed: the next attempt finds it. */
  @Test
  void anInputThatIsAwayForAMomentCostsAnAttemptAndNotTheStage() throws Exception {
    Rig rig = new Rig(folder);
    StageResult made = rig.run("run", STAGE);
    Path hidden = Files.move(rig.artifact(made.key()), folder.resolve("hidden"));
    Stage next = FakeStages.stage("sft", 12, 20, 10, "base");
    assertThatThrownBy(() -> rig.run("run", next, made))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the artifact of input 'base' is not in the store");
    Files.move(hidden, rig.artifact(made.key()));
    assertThat(rig.run("run", next, made).steps()).isEqualTo(20);
  }

  @Test
  void anAlteredArtifactIsNeverReadByALaterStage() throws Exception {
    StageResult made = new Rig(folder).run("run", STAGE);
    Rig rig = new Rig(folder); // another process: what was verified before does not count
    FolderArtifactStoreTest.alter(rig.artifact(made.key()).resolve("weights.f32"));
    Stage next = FakeStages.stage("sft", 12, 20, 10, "base");
    assertThatThrownBy(() -> rig.run("run", next, made))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("weights.f32 is not what was written");
  }

  @Test
  void aMetricThatIsNoNumberEndsTheStageBeforeItIsLogged() throws Exception {
    Rig rig =
        new Rig(folder)
            .buggy(
                new FakeBugs() {
                  @Override
                  public double loss(long step, double loss) {
                    return step == 7 ? Double.NaN : loss;
                  }
                });
    assertThatThrownBy(() -> rig.run("run", STAGE))
        .isInstanceOfSatisfying(
            StageFailure.class,
            failure -> assertThat(failure.type()).isEqualTo(StageFailure.Type.TRAINING_DIVERGED))
        .hasMessage("train/loss is NaN at step 7");
    assertThat(rig.metricLines("run", "base").lines()).hasSize(6);
  }

  @Test
  void theBatchThatDivergedIsKept() throws Exception {
    Rig rig = new Rig(folder).running((context, from) -> new DivergingTask());
    assertThatThrownBy(() -> rig.run("run", STAGE)).hasMessage("loss is NaN");
    assertThat(rig.stageFolder("run", "base").resolve("diverged/batch.json"))
        .hasContent("{\"rows\":[1,2]}");
  }

  @Test
  void aWriterThatHangsIsFoundOut() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    Rig rig =
        new Rig(folder)
            .withWriterDeadline(Duration.ofMillis(20))
            .failing(
                (moment, kind) -> {
                  if (moment.equals("checkpoint.before-publish")) {
                    StageDriverTest.await(over);
                  }
                });
    Throwable failure = catchThrowable(() -> rig.run("run", STAGE));
    over.countDown();
    // It may still write, and the folder is about to be deleted.
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("checkpoint-writer")) {
        thread.join();
      }
    }
    assertThat(failure)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a checkpoint was not written within PT0.02S");
  }

  @Test
  void whatAnotherTaskCannotDoIsRefused() {
    Rig rig = new Rig(folder).running((context, from) -> new SkippingTask());
    assertThatThrownBy(() -> rig.run("run", STAGE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("after step 1 the task says 2");
  }

  private static Path checkpointFile(Rig rig, String key, long step, String name)
      throws IOException {
    try (Stream<Path> walk = Files.walk(rig.checkpoints(key))) {
      return walk.filter(path -> path.endsWith(name))
          .filter(path -> path.toString().contains("step-%010d".formatted(step)))
          .findFirst()
          .orElseThrow();
    }
  }

  /** Fails at once and can show what it worked on. */
  private static final class DivergingTask implements StepwiseTask, Inspectable {

    @Override
    public long step() {
      return 0;
    }

    @Override
    public long totalSteps() {
      return 5;
    }

    @Override
    public StepReport advance(Pulse pulse) {
      throw new StageFailure(StageFailure.Type.TRAINING_DIVERGED, "loss is NaN");
    }

    @Override
    public void inspect(StageFailure failure, CheckpointWriter out) throws IOException {
      out.put("batch.json", ByteBuffer.wrap("{\"rows\":[1,2]}".getBytes(US_ASCII)));
    }

    private static final java.nio.charset.Charset US_ASCII =
        java.nio.charset.StandardCharsets.US_ASCII;

    @Override
    public void save(CheckpointWriter out) {}

    @Override
    public StageOutput finish(ArtifactWriter out) {
      return new StageOutput(Map.of(), Map.of());
    }

    @Override
    public void close() {}
  }

  /** Makes two steps where one was asked for. */
  private static final class SkippingTask implements StepwiseTask {
    private long step;

    @Override
    public long step() {
      return step;
    }

    @Override
    public long totalSteps() {
      return 5;
    }

    @Override
    public StepReport advance(Pulse pulse) {
      step += 2;
      return new StepReport(Map.of());
    }

    @Override
    public void save(CheckpointWriter out) {}

    @Override
    public StageOutput finish(ArtifactWriter out) {
      return new StageOutput(Map.of(), Map.of());
    }

    @Override
    public void close() {}
  }
}
