package dev.temper.infra.recipe;

import dev.temper.activities.ArtifactStore;
import dev.temper.activities.StoreUnreachableException;
import dev.temper.activities.StoreUnusableException;
import dev.temper.recipes.ImportSpec;
import dev.temper.recipes.Stage;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.PromptOverlap;
import dev.temper.trainers.data.RecipeFolder;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.InstalledLibtorch;
import dev.temper.trainers.model.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds out before the first step what would stop a run later. */
public final class Preflight {

  private Preflight() {}

  /**
   * Reads the data that a recipe names, and compares its prompts.
   *
   * @throws PreflightException with every problem
   */
  public static void data(PinnedRecipe pinned) {
    DataSources sources = new DataSources(pinned.files());
    Set<String> problems = new LinkedHashSet<>();
    for (Stage stage : pinned.recipe().stages()) {
      if (stage.spec() instanceof ImportSpec spec) {
        try {
          checkModel(spec, pinned.files());
        } catch (StageFailure | IOException e) {
          problems.add("stage '%s': %s".formatted(stage.name(), e.getMessage()));
        }
      }
      for (DataUse use : DataUse.of(stage)) {
        try {
          use.check(sources);
        } catch (StageFailure e) {
          problems.add("stage '%s': %s".formatted(stage.name(), e.getMessage()));
        }
      }
    }
    if (problems.isEmpty()) {
      try {
        PromptOverlap.check(pinned.recipe(), pinned.files());
      } catch (StageFailure e) {
        problems.add(e.getMessage());
      }
    }
    refuse(List.copyOf(problems));
  }

  /** Of models as large as disks only headers are read. */
  private static void checkModel(ImportSpec spec, RecipeFolder files) throws IOException {
    Optional<Path> adapter = spec.adapter().map(files::file);
    LanguageModel.check(files.file(spec.model()), adapter);
  }

  /**
   * Tries the store and compares what the recipe needs with what the machine has.
   *
   * @throws PreflightException with every problem
   * @throws StoreUnreachableException if the store's server is the problem
   */
  public static void machine(PinnedRecipe pinned, ArtifactStore store)
      throws StoreUnreachableException {
    List<String> problems = new ArrayList<>();
    try {
      store.probe();
    } catch (StoreUnreachableException e) {
      throw e;
    } catch (StoreUnusableException e) {
      problems.add(e.getMessage());
    }
    long memory = Estimate.memoryBytes(pinned.recipe());
    long there = Estimate.memoryOfMachine();
    if (memory > there) {
      problems.add(
          "the recipe needs about %s of memory, the machine has %s"
              .formatted(Estimate.bytes(memory), Estimate.bytes(there)));
    }
    refuse(problems);
  }

  /**
   * Tries the store alone: other machines compute.
   *
   * @throws PreflightException saying why it cannot be used
   * @throws StoreUnreachableException if the store's server is the problem
   */
  public static void store(ArtifactStore store) throws StoreUnreachableException {
    try {
      store.probe();
    } catch (StoreUnreachableException e) {
      throw e;
    } catch (StoreUnusableException e) {
      throw new PreflightException(List.of(e.getMessage()));
    }
  }

  /**
   * Looks at the tensor library that the environment names, and then for an accelerator.
   *
   * @param cuda whether one is needed; the tensor library is loaded only then
   * @throws PreflightException saying why the one or the other cannot be used
   */
  public static void tensors(Map<String, String> environment, boolean cuda) throws IOException {
    refuse(InstalledLibtorch.problem(environment).stream().toList());
    if (cuda) {
      try {
        Engine.requireCuda();
      } catch (IllegalStateException e) {
        throw new PreflightException(List.of(e.getMessage()));
      }
    }
  }

  private static void refuse(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new PreflightException(problems);
    }
  }
}
