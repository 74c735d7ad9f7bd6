package dev.temper.infra.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.activities.DriverSettings;
import dev.temper.activities.RunTracker;
import dev.temper.activities.Sha256;
import dev.temper.activities.StageActivitiesImpl;
import dev.temper.activities.StageDriver;
import dev.temper.activities.StageIdentity;
import dev.temper.activities.StageProgress;
import dev.temper.activities.store.FolderArtifactStore;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.Stage;
import dev.temper.trainers.Compute;
import dev.temper.trainers.StageFailure;
import dev.temper.workflows.RecipeOutcome;
import dev.temper.workflows.RecipeRun;
import dev.temper.workflows.RecipeWorkflow;
import dev.temper.workflows.StageDataConverter;
import dev.temper.workflows.StageResult;
import dev.temper.workflows.StageState;
import io.temporal.client.WorkflowFailedException;
import io.temporal.client.WorkflowOptions;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedTemporalTest {

  private static final ObjectMapper JSON = RecipeJson.mapper();

  @TempDir Path folder;

  @Test
  void aRecipeRunsToItsEndAndIsCachedTheSecondTime() throws Exception {
    Recipe recipe = diamond();
    RecipeOutcome first = run(recipe, "first", step -> {});
    assertThat(first.stages().values())
        .extracting(StageState::status)
        .containsOnly(StageState.Status.FINISHED);
    StageResult top = first.stages().get("top").result().orElseThrow();
    assertThat(top.metrics()).containsEntry("count/total", 4.0 * (1 + 2 + 1 + 3 + 4));
    assertThat(top.cached()).isFalse();
    RecipeOutcome second = run(recipe, "second", step -> {});
    assertThat(second.stages().values()).allMatch(state -> state.result().orElseThrow().cached());
    assertThat(second.stages().get("top").result().orElseThrow().content())
        .isEqualTo(top.content());
  }

  @Test
  void aFailedStageIsToldWithAllOthers() {
    LongConsumer thirdStepFails =
        step -> {
          if (step == 3) {
            throw new StageFailure(StageFailure.Type.TRAINING_DIVERGED, "loss is NaN at step 3");
          }
        };
    Throwable failure = catchThrowable(() -> run(diamond(), "failing", thirdStepFails));
    assertThat(failure).isInstanceOf(WorkflowFailedException.class);
    assertThat(((ApplicationFailure) failure.getCause()).getType()).isEqualTo("TrainingDiverged");
    RecipeOutcome outcome = RecipeOutcome.of(failure).orElseThrow();
    assertThat(outcome.stages().values())
        .extracting(StageState::status)
        .containsExactly(
            StageState.Status.FAILED,
            StageState.Status.BLOCKED,
            StageState.Status.BLOCKED,
            StageState.Status.BLOCKED);
  }

  @Test
  void noSocketIsOpenedWhileARecipeRuns() throws Exception {
    assumeThat(Path.of("/proc/self/net/tcp")).exists();
    Set<String> before = sockets();
    Set<String> during = new TreeSet<>();
    run(diamond(), "silent", step -> during.addAll(sockets()));
    during.removeAll(before);
    assertThat(during).isEmpty();
  }

  /** Inodes of the sockets that this process has open. */
  private static Set<String> sockets() {
    Set<String> found = new TreeSet<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors.toList()) {
        String target = target(descriptor);
        if (target.startsWith("socket:")) {
          found.add(target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static Recipe diamond() {
    return new Recipe(
        "diamond",
        7,
        List.of(
            stage("base", 1, ""),
            stage("left", 2, "", "base"),
            stage("right", 3, "other", "base"),
            stage("top", 4, "", "left", "right")));
  }

  private static Stage stage(String name, long seed, String queue, String... inputs) {
    return new Stage(
        name,
        new EvaluationSpec(
            Arrays.stream(inputs).map(Input::parse).toList(),
            List.of(),
            List.of(),
            4,
            seed,
            new Numerics("float32", "cpu")),
        queue,
        1,
        new Stage.RetrySpec(0.05, 0.2, 3),
        Optional.empty());
  }

  private RecipeOutcome run(Recipe recipe, String run, LongConsumer beforeStep) {
    FolderArtifactStore store = new FolderArtifactStore(folder.resolve("store"));
    RunTracker tracker = new SilentTracker(folder);
    StageDriver driver =
        new StageDriver(
            store,
            tracker,
            (spec, inputs) -> {
              String text = JSON.valueToTree(spec) + inputs.toString();
              return new StageIdentity(Sha256.of(text), "evaluation", JSON.valueToTree(spec), 1);
            },
            (context, from) -> CountingTask.open(context, from, beforeStep),
            new Compute(1),
            (name, file) -> folder.resolve(file.file()),
            DriverSettings.of("test"));
    StageActivitiesImpl activities = new StageActivitiesImpl(driver, tracker);
    try (EmbeddedTemporal temporal =
        EmbeddedTemporal.start(2, Set.of("other"), StageDataConverter.of(JSON), activities)) {
      RecipeWorkflow workflow =
          temporal
              .client()
              .newWorkflowStub(
                  RecipeWorkflow.class,
                  WorkflowOptions.newBuilder()
                      .setWorkflowId("recipe/" + run)
                      .setTaskQueue(EmbeddedTemporal.QUEUE)
                      .build());
      return workflow.run(new RecipeRun(run, recipe));
    }
  }

  private record SilentTracker(Path home) implements RunTracker {

    @Override
    public Path folder(String run, String stage) throws IOException {
      return Files.createDirectories(home.resolve(run).resolve(stage));
    }

    @Override
    public void started(String run, String stage, StageProgress progress) {}

    @Override
    public void progress(String run, String stage, StageProgress progress) {}

    @Override
    public void metrics(String run, String stage, long step, Map<String, Double> metrics) {}

    @Override
    public void note(String run, String stage, String note) {}

    @Override
    public void finished(String run, StageResult result) {}

    @Override
    public void failed(String run, String stage, StageEnd end) {}
  }
}
