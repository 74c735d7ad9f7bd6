package dev.temper.infra.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.infra.run.RunStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.mlflow.api.proto.Service.Run;

/** What MLflow holds of a run, whichever server it is. */
interface MlflowContract {

  /** Address of the server. */
  String uri();

  /** An empty folder. */
  Path home();

  default Mlflow mlflow() {
    return new Mlflow(
        MlflowSettings.of(Map.of("MLFLOW_TRACKING_URI", uri())).orElseThrow(),
        new MlflowTransport.Limits(
            Duration.ofSeconds(5), Duration.ofSeconds(60), Duration.ofSeconds(60)),
        new MlflowWriter.Pace(
            Duration.ofMillis(1), new Backoff(Duration.ofMillis(1), Duration.ofMillis(20))));
  }

  default MlflowContents contents() {
    return new MlflowContents(uri(), Map.of());
  }

  default SomeRun someRun() throws IOException {
    return new SomeRun(home(), "r" + UUID.randomUUID().toString().substring(0, 8));
  }

  default Mlflow.Sync sync(SomeRun run) throws IOException, InterruptedException {
    return mlflow().sync(run.folder(), run.recipe(), run.record(), 50);
  }

  /** Exactly the steps from 1 on, each once, with the values and times of the journal. */
  default void assertSeries(Run run, String key, int steps, int attempt) {
    assertThat(contents().history(run, key))
        .as(key)
        .isEqualTo(
            LongStream.rangeClosed(1, steps)
                .mapToObj(
                    step ->
                        new MlflowContents.Point(
                            step, 1.0 / step, SomeRun.TIME + step * 1000 + attempt))
                .toList());
  }

  @Test
  default void aRunThatIsSentTwiceIsThereOnce() throws Exception {
    SomeRun run = someRun().whole(12);
    Mlflow.Sync first = sync(run);
    Map<String, Object> once = contents().all(run.recipe().name());
    Mlflow.Sync second = sync(run);
    int stages = SomeRun.STAGES.size();
    assertThat(first.lines()).isEqualTo(12 * stages);
    assertThat(first.losses()).isEmpty();
    assertThat(second.lines()).isZero();
    assertThat(second.run()).isEqualTo(first.run());
    assertThat(contents().all(run.recipe().name())).isEqualTo(once).hasSize(stages + 1);
    assertSeries(contents().run(run.recipe().name(), "base"), "train/loss", 12, 1);
    assertSeries(contents().run(run.recipe().name(), ""), "base/train/loss", 12, 1);
  }

  @Test
  default void aStageSaysWhatItIsAndWhatCameOfIt() throws Exception {
    SomeRun run = someRun().whole(3);
    sync(run);
    Run recipe = contents().run(run.recipe().name(), "");
    Run rl = contents().run(run.recipe().name(), "rl");
    assertThat(rl.getInfo().getStatus().name()).isEqualTo("FINISHED");
    assertThat(rl.getInfo().getStartTime()).isEqualTo(SomeRun.TIME);
    assertThat(rl.getInfo().getEndTime()).isEqualTo(SomeRun.TIME + 3001);
    assertThat(MlflowContents.tags(rl))
        .containsEntry("mlflow.parentRunId", recipe.getInfo().getRunId())
        .containsEntry("temper.run", run.record().run())
        .containsEntry("temper.stage", "rl")
        .containsEntry("temper.kind", "rl")
        .containsEntry("temper.key", "key-rl")
        .containsEntry("temper.content", "hash-rl")
        .containsEntry("temper.attempts", "1")
        .containsEntry("temper.sent", "3");
    assertThat(MlflowContents.params(rl)).containsEntry("kind", "rl").containsKey("kl/beta");
    assertThat(MlflowContents.params(recipe))
        .containsEntry("seed", "7")
        .containsEntry("rl/kl/beta", MlflowContents.params(rl).get("kl/beta"));
    assertThat(rl.getInputs().getDatasetInputsCount()).isPositive();
    assertThat(contents().models(rl)).hasSize(1);
    assertThat(contents().models(rl).at("/0/info/status").asText()).endsWith("READY");
  }

  @Test
  default void theRecipesRunShowsACurveOverTheStepsOfThePolicy() throws Exception {
    SomeRun run = someRun().whole(3);
    sync(run);
    Run recipe = contents().run(run.recipe().name(), "");
    assertThat(contents().history(recipe, "curve/curve/gold"))
        .extracting(MlflowContents.Point::step)
        .containsExactly(0L, 10L, 20L);
    assertThat(contents().history(recipe, "summary/rl/eval/a/rl_120")).hasSize(1);
    assertThat(contents().history(recipe, "rl/train/loss")).isEmpty();
  }

  @Test
  default void linesAfterTheNewestCheckpointStayAtHomeUntilTheyAreFinal() throws Exception {
    SomeRun run = someRun();
    run.started("base", 1, 0);
    run.steps("base", 1, 1, 9);
    run.committed("base", 5);
    sync(run);
    assertSeries(contents().run(run.recipe().name(), "base"), "train/loss", 5, 1);
    run.started("base", 2, 5); // after a kill: the rest is executed again, at other times
    run.steps("base", 2, 6, 9);
    run.finished("base", 9);
    sync(run);
    sync(run);
    assertThat(contents().history(contents().run(run.recipe().name(), "base"), "train/loss"))
        .extracting(MlflowContents.Point::time)
        .containsExactlyElementsOf(
            LongStream.rangeClosed(1, 9)
                .mapToObj(step -> SomeRun.TIME + step * 1000 + (step <= 5 ? 1 : 2))
                .toList());
  }

  @Test
  default void aLongJournalGoesInBatches() throws Exception {
    SomeRun run = someRun();
    run.started("base", 1, 0);
    run.steps("base", 1, 1, 1200);
    run.finished("base", 1200);
    assertThat(sync(run).lines()).isEqualTo(1200);
    assertSeries(contents().run(run.recipe().name(), "base"), "train/loss", 1200, 1);
  }

  @Test
  default void aRunThatGoesOnIsOpenAgainAndEndsAnew() throws Exception {
    SomeRun run = someRun();
    run.started("base", 1, 0);
    run.stage("base", RunStatus.FAILED, "StoreUnavailable: gone");
    run.ended(RunStatus.FAILED);
    sync(run);
    assertThat(status(run, "base")).isEqualTo("FAILED");
    assertThat(status(run, "")).isEqualTo("FAILED");
    run.started("base", 2, 0);
    sync(run);
    assertThat(status(run, "base")).isEqualTo("RUNNING");
    run.finished("base", 0);
    run.ended(RunStatus.FINISHED);
    sync(run);
    assertThat(status(run, "base")).isEqualTo("FINISHED");
    assertThat(status(run, "")).isEqualTo("FINISHED");
  }

  private String status(SomeRun run, String stage) {
    return contents().run(run.recipe().name(), stage).getInfo().getStatus().name();
  }

  @Test
  default void aRunThatIsFollowedAndOneThatIsSentLaterLookTheSame() throws Exception {
    SomeRun run = someRun();
    SilentTracker followed = new SilentTracker(run.folder());
    try (MlflowTracker tracker =
        mlflow().tracker(followed, run.folder(), run.recipe(), run::record, (moment, kind) -> {})) {
      for (String stage : SomeRun.STAGES) {
        run.started(stage, 1, 0);
        tracker.started(run.record().run(), stage, SilentTracker.PROGRESS);
        for (int step = 1; step <= 30; step++) {
          run.steps(stage, 1, step, step);
          if (step % 5 == 0) {
            run.committed(stage, step);
            tracker.committed(run.record().run(), stage, step);
          }
        }
        run.finished(stage, 30);
        tracker.committed(run.record().run(), stage, 30);
      }
      run.ended(RunStatus.FINISHED);
      assertThat(tracker.end(Duration.ofMinutes(2))).isEmpty();
    }
    Map<String, Object> online = contents().all(run.recipe().name());
    contents().discard(run.recipe().name());
    sync(run);
    assertThat(contents().all(run.recipe().name())).isEqualTo(online).hasSize(5);
  }
}
