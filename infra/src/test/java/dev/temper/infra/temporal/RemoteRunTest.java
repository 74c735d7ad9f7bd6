package dev.temper.infra.temporal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.infra.Wiring;
import dev.temper.infra.embedded.EmbeddedTemporal;
import dev.temper.infra.run.Home;
import dev.temper.infra.run.RunListener;
import dev.temper.infra.run.RunMirror;
import dev.temper.infra.run.RunRecord;
import dev.temper.infra.run.RunStatus;
import dev.temper.infra.run.ShownProgress;
import dev.temper.infra.run.StageRecord;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.yaml.RecipeReader;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RunActivities;
import dev.temper.workflows.RunEnd;
import dev.temper.workflows.RunLinks;
import dev.temper.workflows.RunSettings;
import dev.temper.workflows.StageState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Against the service inside the process, which knows all that is asked here. */
@Timeout(120)
class RemoteRunTest {

  private static final Recipe RECIPE =
      Wiring.recipes()
          .read(
              new RecipeReader.Source(
                  "two.yaml",
                  """
                  name: two
                  stages:
                    base:
                      kind: pretrain
                      data: {synthetic: kind-notes/pretraining, rows: 8}
                      model: {architecture: llama, width: 16, layers: 1, heads: 2, feedForward: 16}
                      steps: 3
                      learningRate: 1.0e-3
                    sft:
                      kind: sft
                      init: base
                      data: {synthetic: kind-notes/demonstrations, rows: 8}
                      steps: 3
                      learningRate: 1.0e-3
                  """),
              List.of(),
              List.of());

  private static final RunLinks LINKS =
      new RunLinks(Map.of("mlflow.url", "http://mlflow.example/#/1"));

  @TempDir Path home;
  private final HeldStages stages = new HeldStages();
  private final List<RunLinks> linked = new ArrayList<>();
  private EmbeddedTemporal service;
  private QueueWorkers workers;
  private RemoteRun run;
  private LiveOperations operations;

  @BeforeEach
  void start() {
    service = EmbeddedTemporal.start(1, Set.of(), Wiring.payloads(), stages);
    workers =
        QueueWorkers.start(
            service.client(),
            Map.of(Queues.CONTROL, 1, Queues.CPU, 2),
            stages,
            new NobodyFollows());
    run = new RemoteRun(service.client(), "demo");
    operations = new LiveOperations(run, "demo");
  }

  @AfterEach
  void end() {
    stages.release("base");
    stages.release("sft");
    workers.close();
    service.close();
  }

  @Test
  void aRunThatWasNeverStartedIsUnknown() {
    assertThat(run.status()).isEmpty();
    assertThatThrownBy(operations::pause).hasMessageContaining("knows no run 'demo'");
  }

  @Test
  void aRunIsFollowedToItsEnd() throws Exception {
    stages.hold("base");
    begin();
    stages.awaitStart("base");
    Heard heard = new Heard();
    RunMirror mirror = mirror(heard, () -> stages.release("base"));

    RunSight last = watch(mirror).untilItEnds();

    assertThat(last.status())
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    assertThat(heard.lines).contains("base running", "base 5/10", "base finished", "sft finished");
    RunRecord record = new Home(home).run("demo").record().orElseThrow();
    assertThat(record.stages()).allMatch(stage -> stage.status() == RunStatus.FINISHED);
    assertThat(record.stages().get(0).content()).contains("content-base");
    assertThat(mirror.missing()).containsExactly("base", "sft");
    assertThat(run.outcome().orElseThrow().stages()).containsOnlyKeys("base", "sft");
    assertThat(linked).containsExactly(LINKS);
    assertThat(record.links()).isEqualTo(LINKS.links());
  }

  @Test
  void whatIsPendingHasTheNameOfItsStage() throws Exception {
    stages.hold("base");
    begin();
    stages.awaitStart("base");

    RunSight sight = run.look();

    assertThat(sight.isRunning()).isTrue();
    assertThat(sight.stages().orElseThrow().get("sft").status())
        .isEqualTo(StageState.Status.PENDING);
    PendingStage base = sight.pending().get("base");
    assertThat(base.queue()).isEqualTo(Queues.CPU);
    assertThat(base.waiting()).isFalse();
    assertThat(base.progress().orElseThrow().totalSteps()).isEqualTo(10);
  }

  @Test
  void aNameRunsOnce() throws Exception {
    stages.hold("base");
    begin();

    assertThatThrownBy(this::begin).isInstanceOf(WorkflowExecutionAlreadyStarted.class);
    assertThat(run.asked().recipe()).isEqualTo(RECIPE);
  }

  @Test
  void aRefusedOperationSaysWhy() throws Exception {
    stages.hold("base");
    begin();
    stages.awaitStart("base");

    assertThatThrownBy(operations::resume)
        .isInstanceOf(LiveOperations.RefusedException.class)
        .hasMessageContaining("not paused");
    assertThatThrownBy(() -> operations.move("bass", "gpu")).hasMessageContaining("base");
  }

  @Test
  void aPausedRunGoesOnWhenItIsResumed() throws Exception {
    stages.hold("base");
    begin();
    stages.awaitStart("base");

    operations.pause();
    Heard heard = new Heard();
    RunMirror mirror = mirror(heard, () -> {});
    heard.on(
        "base paused",
        () -> {
          stages.release("base");
          operations.resume();
        });
    watch(mirror).untilItEnds();

    assertThat(heard.lines).containsSubsequence("base paused", "base finished");
  }

  @Test
  void aFailedStageIsTriedAgainThoughTheRunHasEndedWithIt() throws Exception {
    stages.fail("sft");
    begin();
    RunMirror failed = mirror(new Heard(), () -> {});
    watch(failed).untilItEnds();
    assertThat(failed.record().stage("sft").orElseThrow().status()).isEqualTo(RunStatus.FAILED);
    stages.heal("sft");

    assertThat(operations.retry("sft")).isTrue();

    watch(mirror(new Heard(), () -> {})).untilItEnds();
    assertThat(run.status()).contains(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_COMPLETED);
    assertThatThrownBy(() -> operations.retry("sft")).hasMessageContaining("finished");
  }

  @Test
  void aCancelledRunEnds() throws Exception {
    stages.hold("base");
    begin();
    stages.awaitStart("base");

    operations.cancel();
    RunSight last = watch(mirror(new Heard(), () -> {})).untilItEnds();

    assertThat(last.status()).isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_CANCELED);
    assertThat(run.outcome()).isEmpty();
    assertThatThrownBy(operations::cancel).hasMessageContaining("cancelled");
  }

  private void begin() {
    run.start(
        new RecipeRun("demo", RECIPE, new RunSettings("", Queues.CPU, false, true), Map.of()));
  }

  private RunWatch watch(RunMirror mirror) {
    return new RunWatch(run, mirror, said -> {}, linked::add, Duration.ofMillis(50));
  }

  private RunMirror mirror(Heard heard, Act afterProgress) {
    heard.on("base 5/10", afterProgress);
    List<StageRecord> pending =
        List.of(
            StageRecord.pending("base", "pretrain", List.of()),
            StageRecord.pending("sft", "sft", List.of("base")));
    RunRecord record =
        new RunRecord(
            "demo",
            "two",
            "hash",
            RunStatus.RUNNING,
            "store",
            "2026-01-01T00:00:00Z",
            Optional.empty(),
            Optional.empty(),
            pending);
    return new RunMirror(
        Optional.of(
            new RunMirror.Kept(
                new Home(home).run("demo"), new FolderArtifactStore(home.resolve("store")))),
        record,
        heard,
        Clock.systemUTC());
  }

  /** Something that a test does when it hears a line. */
  private interface Act {
    void run() throws Exception;
  }

  /** What a listener heard, in lines. */
  private static final class Heard implements RunListener {
    private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
    private final Map<String, Act> acts = new java.util.HashMap<>();

    void on(String line, Act act) {
      acts.put(line, act);
    }

    @Override
    public void changed(StageRecord stage) {
      hear(stage.name() + " " + stage.status().text());
    }

    @Override
    public void progressed(ShownProgress progress) {
      hear("%s %d/%d".formatted(progress.stage(), progress.step(), progress.totalSteps()));
    }

    @Override
    public void noted(String stage, String note) {
      hear(stage + ": " + note);
    }

    private void hear(String line) {
      lines.add(line);
      Act act = acts.remove(line);
      if (act != null) {
        try {
          act.run();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  private record NobodyFollows() implements RunActivities {
    @Override
    public RunLinks begin(RecipeRun run) {
      return LINKS;
    }

    @Override
    public void end(RunEnd end) {}
  }
}
