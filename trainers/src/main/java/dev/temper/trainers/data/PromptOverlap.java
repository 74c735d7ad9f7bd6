package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Recipe;
import dev.temper.trainers.StageFailure;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks that no prompt has two roles in a recipe: what was trained on is not what is measured on.
 *
 * <p>The roles are fine-tuning, preferences, rollouts, reinforcement, measurement (best-of-n and
 * curve) and evaluation; two stages of one role may share prompts. Texts are compared without the
 * space around them. Generators and files are looked at; what another stage makes has the prompts
 * of that stage.
 */
public final class PromptOverlap {

  private PromptOverlap() {}

  /**
   * Reads the prompts of all stages of a resolved recipe.
   *
   * @param files where its data files lie
   * @throws StageFailure DataContract naming for every overlap both stages, how many prompts they
   *     share and one of them
   */
  public static void check(Recipe recipe, RecipeFolder files) {
    List<PromptUse> uses =
        recipe.stages().stream().flatMap(stage -> PromptUse.of(stage).stream()).toList();
    Texts texts = new Texts(new DataSources(files));
    Collection<String> problems = new LinkedHashSet<>();
    for (int i = 0; i < uses.size(); i++) {
      for (int j = i + 1; j < uses.size(); j++) {
        overlap(uses.get(i), uses.get(j), texts).ifPresent(problems::add);
      }
    }
    if (!problems.isEmpty()) {
      throw new StageFailure(StageFailure.Type.DATA_CONTRACT, String.join("; ", problems));
    }
  }

  private static Optional<String> overlap(PromptUse a, PromptUse b, Texts texts) {
    if (!a.role().conflictsWith(b.role())) {
      return Optional.empty();
    }
    Set<String> ofB = texts.of(b.source());
    List<String> shared = texts.of(a.source()).stream().filter(ofB::contains).toList();
    return shared.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "stages '%s' (%s) and '%s' (%s) share %d %s, for example '%s'"
                .formatted(
                    a.stage(),
                    a.role().description(),
                    b.stage(),
                    b.role().description(),
                    shared.size(),
                    shared.size() == 1 ? "prompt" : "prompts",
                    shared.get(0)));
  }

  /** The prompts of each source, read once. */
  private static final class Texts {
    private final DataSources sources;
    private final Map<DataSource, Set<String>> bySource = new HashMap<>();

    Texts(DataSources sources) {
      this.sources = sources;
    }

    Set<String> of(DataSource source) {
      return bySource.computeIfAbsent(source, this::read);
    }

    private Set<String> read(DataSource source) {
      Set<String> texts = new LinkedHashSet<>();
      sources.prompts(source).forEach(prompt -> texts.add(prompt.text().strip()));
      return texts;
    }
  }
}
