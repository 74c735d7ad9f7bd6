package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.Stage;
import dev.temper.workflows.StageResult;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A comparison of runs that cannot fail proves nothing: bugs that it must see. */
class PlantedBugTest {

  private static final Stage STAGE = FakeStages.stage("base", 11, 20, 10);

  @TempDir Path folder;

  @Test
  void aFieldThatIsLostOnTheWayThroughACheckpointShowsInTheMetricLines() throws Exception {
    Rig clean = new Rig(folder.resolve("clean"));
    StageResult expected = clean.run("run", STAGE);
    Rig rig =
        new Rig(folder.resolve("buggy"))
            .failing(StageDriverTest.failOnce("stage.step", 13))
            .buggy(
                new FakeBugs() {
                  @Override
                  public boolean forgetsAverage() {
                    return true;
                  }
                });
    assertThatThrownBy(() -> rig.run("run", STAGE)).hasStackTraceContaining("planned");
    StageResult result = rig.run("run", STAGE);
    assertThat(result.content()).isEqualTo(expected.content());
    assertThat(rig.metricLines("run", "base")).isNotEqualTo(clean.metricLines("run", "base"));
  }

  @Test
  void aJournalThatIsNotCutBackToTheCheckpointIsRefused() throws Exception {
    Path home = folder.resolve("buggy");
    Rig rig = new Rig(home).failing(StageDriverTest.failOnce("stage.step", 13));
    assertThatThrownBy(() -> rig.run("run", STAGE)).hasStackTraceContaining("planned");
    Path metrics = rig.stageFolder("run", "base").resolve("metrics.jsonl");
    byte[] allLines = Files.readAllBytes(metrics);
    rig.storing(withJournal(rig.store(), allLines));
    assertThatThrownBy(() -> rig.run("run", STAGE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("step 11 was logged after step 13");
  }

  /** The store, but every checkpoint says that the journal had these lines. */
  private static ArtifactStore withJournal(ArtifactStore store, byte[] lines) {
    return proxy(
        ArtifactStore.class,
        store,
        result -> {
          if (result instanceof ArtifactStore watched) {
            return withJournal(watched, lines);
          }
          return result instanceof StageLease lease
              ? proxy(
                  StageLease.class,
                  lease,
                  found ->
                      found instanceof Optional<?> saved
                          ? saved.map(checkpoint -> withJournal(checkpoint, lines))
                          : found)
              : result;
        });
  }

  private static SavedCheckpoint withJournal(Object checkpoint, byte[] lines) {
    SavedCheckpoint saved = (SavedCheckpoint) checkpoint;
    return new SavedCheckpoint() {
      @Override
      public CheckpointManifest manifest() {
        return saved.manifest();
      }

      @Override
      public ByteBuffer read(StoredFile file) throws IOException {
        return file.path().equals(TaskCheckpoint.JOURNAL)
            ? ByteBuffer.wrap(lines)
            : saved.read(file);
      }
    };
  }

  private static <T> T proxy(Class<T> type, T target, UnaryOperator<Object> change) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> {
              try {
                return change.apply(method.invoke(target, arguments));
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
