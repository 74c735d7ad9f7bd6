package dev.temper.infra;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.DataFiles;
import dev.temper.activities.DriverSettings;
import dev.temper.activities.Place;
import dev.temper.activities.RunTracker;
import dev.temper.activities.StageActivitiesImpl;
import dev.temper.activities.StageDriver;
import dev.temper.activities.StageFailpoints;
import dev.temper.activities.StageIdentities;
import dev.temper.infra.embedded.EmbeddedTemporal;
import dev.temper.infra.openai.OpenAiServers;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RecipeJson;
import dev.temper.recipes.Stage;
import dev.temper.recipes.yaml.RecipeReader;
import dev.temper.trainers.Compute;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.data.Golds;
import dev.temper.trainers.data.RecipeFolder;
import dev.temper.trainers.data.SyntheticSources;
import dev.temper.trainers.data.Verifiers;
import dev.temper.trainers.method.Methods;
import dev.temper.trainers.registry.MethodFamily;
import dev.temper.trainers.stage.Stages;
import dev.temper.workflows.StageDataConverter;
import io.temporal.common.converter.DataConverter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the pieces are put together: everything is made here and handed to constructors.
 *
 * <p>Nothing here loads the tensor library; a stage that has to compute does.
 *
 * @param codeVersion goes into manifests
 * @param tasks makes the tasks of stages
 * @param failpoints where a kill test stops the process
 */
public record Wiring(String codeVersion, StepwiseTask.Factory tasks, StageFailpoints failpoints) {

  /**
   * Temper as users run it.
   *
   * @param environment with what servers want to know
   */
  public static Wiring of(
      String codeVersion, StageFailpoints failpoints, Map<String, String> environment) {
    return new Wiring(codeVersion, Stages.factory(new OpenAiServers(environment)), failpoints);
  }

  /** Every method that a recipe can name. */
  public static Methods methods() {
    List<MethodFamily> families = new ArrayList<>(Methods.numeric());
    families.add(Golds.family());
    families.add(Verifiers.family());
    families.add(SyntheticSources.family());
    return new Methods(families);
  }

  /** Reads recipes, with all methods known. */
  public static RecipeReader recipes() {
    return new RecipeReader(methods());
  }

  /** Names of stages' results. */
  public static StageIdentities identities() {
    return new ContentIdentities(Stages.numericsVersions());
  }

  /**
   * Starts a recipe on a Temporal service inside this process.
   *
   * @param files where its data files lie
   * @param place where the run has its name
   */
  public RecipeExecution start(
      String run,
      Recipe recipe,
      RecipeFolder files,
      ArtifactStore store,
      RunTracker tracker,
      Place place) {
    StageWork work = work(store, "", tracker, (ofRun, file) -> files.file(file), place);
    Set<String> queues =
        recipe.stages().stream().map(Stage::queue).collect(Collectors.toUnmodifiableSet());
    EmbeddedTemporal temporal =
        EmbeddedTemporal.start(concurrentStages(), queues, payloads(), work.stages());
    return new RecipeExecution(temporal, work.stages(), work.compute(), run, recipe);
  }

  /**
   * What runs the stages of any run; all that run at the same time share the cores.
   *
   * @param location of the store, as runs name it; empty to take runs of any
   * @param place where runs have their names
   */
  public StageWork work(
      ArtifactStore store, String location, RunTracker tracker, DataFiles files, Place place) {
    Compute compute = new Compute(Runtime.getRuntime().availableProcessors());
    StageDriver driver =
        new StageDriver(
            store,
            tracker,
            identities(),
            tasks,
            compute,
            files,
            DriverSettings.of(codeVersion).with(failpoints).at(place));
    return new StageWork(
        new StageActivitiesImpl(driver, tracker, location, location.isEmpty() ? "" : id(store)),
        compute);
  }

  private static String id(ArtifactStore store) {
    try {
      return store.id();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stages on one machine without accelerators at the same time, unless somebody says else. */
  public static int concurrentStages() {
    return Math.max(2, Runtime.getRuntime().availableProcessors());
  }

  /** How what crosses Temporal is written. */
  public static DataConverter payloads() {
    return StageDataConverter.of(RecipeJson.mapper());
  }
}
