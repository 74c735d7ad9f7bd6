package dev.temper.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.Stage;
import dev.temper.workflows.StageResult;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two attempts at one key at the same time. */
class StageDriverConcurrencyTest {

  private static final Stage STAGE = FakeStages.stage("base", 11, 20, 10);

  private final ExecutorService other = Executors.newSingleThreadExecutor();

  @TempDir Path folder;

  @AfterEach
  void close() {
    other.shutdownNow();
  }

  @ParameterizedTest
  @CsvSource({
    "stage.restored, 1",
    "stage.step, 13",
    "checkpoint.before-publish, 2",
    "artifact.file, 1",
    "artifact.before-publish, 1"
  })
  void anAttemptThatWasReplacedCanPublishNothing(String moment, int hit) throws Exception {
    Rig clean = new Rig(folder.resolve("clean"));
    StageResult expected = clean.run("run", STAGE);
    Pause pause = new Pause(moment, hit);
    Rig rig = new Rig(folder.resolve("zombie")).failing(pause);
    Future<StageResult> zombie = other.submit(() -> rig.run("run", STAGE));
    StageDriverTest.await(pause.reached);
    StageResult result = rig.run("run", STAGE);
    pause.go.countDown();
    assertThatThrownBy(zombie::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(FencedException.class);
    assertThat(result.content()).isEqualTo(expected.content());
    assertThat(rig.metricLines("run", "base")).isEqualTo(clean.metricLines("run", "base"));
    assertThat(rig.checkpoints(result.key())).doesNotExist();
  }

  @Test
  void twoRunsOfOneNameInTwoPlacesDoNotTakeEachOthersStage() throws Exception {
    Pause pause = new Pause("stage.step", 7);
    Rig here = new Rig(folder.resolve("here")).in("here").failing(pause);
    Rig there = new Rig(folder.resolve("there")).in("there").storing(here.store());
    Future<StageResult> first = other.submit(() -> here.run("one", STAGE));
    StageDriverTest.await(pause.reached);
    StageResult second =
        there.run(
            FakeStages.request("one", STAGE),
            new FreeControl() {
              @Override
              public void report(StageProgress progress) {
                pause.go.countDown(); // a sign of life while it waits
              }
            });
    assertThat(first.get().cached()).isFalse();
    assertThat(second.cached()).isTrue();
    assertThat(second.notes())
        .containsExactly("waits for one/base in a test (here), which makes the same artifact");
    assertThat(here.store().roots()).containsOnlyKeys("one@here", "one@there");
  }

  @Test
  void ofTwoRunsThatNeedOneStageOneMakesItAndTheOtherWaits() throws Exception {
    Pause pause = new Pause("stage.step", 7);
    Rig rig = new Rig(folder).failing(pause);
    Future<StageResult> first = other.submit(() -> rig.run("one", STAGE));
    StageDriverTest.await(pause.reached);
    StageResult second =
        rig.run(
            FakeStages.request("two", STAGE),
            new FreeControl() {
              @Override
              public void report(StageProgress progress) {
                pause.go.countDown(); // a sign of life while it waits
              }
            });
    assertThat(second.cached()).isTrue();
    assertThat(first.get().cached()).isFalse();
    assertThat(second.content()).isEqualTo(first.get().content());
    assertThat(second.notes()).containsExactly("waits for one/base, which makes the same artifact");
    assertThat(rig.metricLines("two", "base")).isEqualTo(rig.metricLines("one", "base"));
    assertThat(rig.told()).contains("finished one base cached=false");
    assertThat(rig.told()).contains("finished two base cached=true");
  }

  @Test
  void aStageThatIsStoppedSavesAndGoesOnFromThere() throws Exception {
    Rig rig = new Rig(folder);
    StageStoppedException stop = new StageStoppedException();
    AtomicInteger reports = new AtomicInteger();
    assertThatThrownBy(
            () ->
                rig.run(
                    FakeStages.request("run", STAGE),
                    new FreeControl() {
                      @Override
                      public void report(StageProgress progress) {
                        reports.set((int) progress.step());
                      }

                      @Override
                      public void stopIfAsked() {
                        if (reports.get() == 8) {
                          throw stop;
                        }
                      }
                    }))
        .isSameAs(stop);
    StageResult again = rig.run("run", STAGE);
    assertThat(again.resumedFromStep()).isEqualTo(8);
    assertThat(rig.executedSteps("run", "base")).isEqualTo(20);
    assertThat(again.content())
        .isEqualTo(new Rig(folder.resolve("clean")).run("run", STAGE).content());
  }

  @Test
  void anAttemptThatWasReplacedWhileItSleptTakesTheLeaseFromNobody() throws Exception {
    Rig rig = new Rig(folder);
    String key = new Rig(folder.resolve("clean")).run("run", STAGE).key();
    try (StageLease later =
        rig.store()
            .lease(
                key,
                "run/base",
                holder -> {
                  throw new AssertionError("held by " + holder);
                })) {
      StageStoppedException replaced = new StageStoppedException();
      AtomicInteger beats = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  rig.run(
                      FakeStages.request("run", STAGE),
                      new FreeControl() {
                        @Override
                        public void report(StageProgress progress) {
                          beats.incrementAndGet();
                        }

                        @Override
                        public void stopIfAsked() {
                          if (beats.get() > 0) { // the server says so in its answer
                            throw replaced;
                          }
                        }
                      }))
          .isSameAs(replaced);
      later.check();
    }
  }

  /** Parks one thread at a moment until it is told to go on. */
  private static final class Pause implements StageFailpoints {

    private final String moment;
    private final AtomicInteger left;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);

    Pause(String moment, int hit) {
      this.moment = moment;
      this.left = new AtomicInteger(hit);
    }

    @Override
    public void at(String at, String kind) {
      if (at.equals(moment) && left.decrementAndGet() == 0) {
        reached.countDown();
        StageDriverTest.await(go);
      }
    }
  }
}
