package dev.temper.trainers.data;

import dev.temper.recipes.BestOfNSpec;
import dev.temper.recipes.ComparisonsSpec;
import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.PreferencesSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A set of prompts that a stage uses.
 *
 * @param stage its name
 */
record PromptUse(String stage, PromptRole role, DataSource source) {

  /** What each kind of stage uses prompts for; a kind that is not here uses none of its own. */
  private static final Map<Class<? extends StageSpec>, Function<Stage, List<PromptUse>>> BY_KIND =
      Map.of(
          SftSpec.class, PromptUse::ofSft,
          PreferencesSpec.class,
              stage ->
                  one(stage, PromptRole.PREFERENCES, ((PreferencesSpec) stage.spec()).prompts()),
          ComparisonsSpec.class,
              stage -> one(stage, PromptRole.PREFERENCES, ((ComparisonsSpec) stage.spec()).data()),
          RolloutsSpec.class,
              stage -> one(stage, PromptRole.ROLLOUTS, ((RolloutsSpec) stage.spec()).prompts()),
          RlSpec.class, stage -> one(stage, PromptRole.RL, ((RlSpec) stage.spec()).prompts()),
          BestOfNSpec.class,
              stage -> one(stage, PromptRole.MEASUREMENT, ((BestOfNSpec) stage.spec()).prompts()),
          CurveSpec.class,
              stage -> one(stage, PromptRole.MEASUREMENT, ((CurveSpec) stage.spec()).prompts()),
          EvaluationSpec.class, PromptUse::ofEvaluation);

  /** All uses of a stage whose prompts are known before anything runs. */
  static List<PromptUse> of(Stage stage) {
    return BY_KIND.getOrDefault(stage.spec().getClass(), unknown -> List.of()).apply(stage).stream()
        .flatMap(use -> use.known().stream())
        .toList();
  }

  /** The same of what is known before anything runs; of a mixture each source, if not all are. */
  private List<PromptUse> known() {
    List<DataSource> known =
        source.leaves().stream().filter(leaf -> !(leaf instanceof DataSource.Stage)).toList();
    return known.size() == source.leaves().size()
        ? List.of(this)
        : known.stream().map(leaf -> new PromptUse(stage, role, leaf)).toList();
  }

  private static List<PromptUse> one(Stage stage, PromptRole role, DataSource source) {
    return List.of(new PromptUse(stage.name(), role, source));
  }

  private static List<PromptUse> ofSft(Stage stage) {
    SftSpec spec = (SftSpec) stage.spec();
    List<PromptUse> uses = new ArrayList<>(one(stage, PromptRole.SFT, spec.data()));
    spec.heldout().ifPresent(rows -> uses.addAll(one(stage, PromptRole.HELDOUT, rows)));
    return uses;
  }

  private static List<PromptUse> ofEvaluation(Stage stage) {
    return ((EvaluationSpec) stage.spec())
        .suites().stream()
            .flatMap(suite -> suite.data().stream())
            .map(source -> new PromptUse(stage.name(), PromptRole.EVALUATION, source))
            .toList();
  }
}
