package dev.temper.infra.recipe;

import dev.temper.recipes.BestOfNSpec;
import dev.temper.recipes.ComparisonsSpec;
import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.PreferenceTuningSpec;
import dev.temper.recipes.PreferencesSpec;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageSpec;
import dev.temper.recipes.SuiteSpec;
import dev.temper.trainers.data.DataSources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * A source of data, and what a stage needs of its rows.
 *
 * @param stage its name
 * @param reading reads all rows and throws where they are not what is needed
 */
record DataUse(String stage, DataSource source, BiConsumer<DataSources, DataSource> reading) {

  private static final BiConsumer<DataSources, DataSource> DOCUMENTS = DataSources::documents;
  private static final BiConsumer<DataSources, DataSource> ROWS = DataSources::rows;
  private static final BiConsumer<DataSources, DataSource> PROMPTS = DataSources::prompts;
  private static final BiConsumer<DataSources, DataSource> PAIRS = DataSources::pairs;

  /** What each kind of stage reads; a kind that is not here reads what other stages made. */
  private static final Map<Class<? extends StageSpec>, Function<Stage, List<DataUse>>> BY_KIND =
      Map.of(
          ComparisonsSpec.class,
          stage ->
              List.of(new DataUse(stage.name(), ((ComparisonsSpec) stage.spec()).data(), PAIRS)),
          PretrainSpec.class,
          DataUse::ofPretraining,
          SftSpec.class,
          DataUse::ofSft,
          PreferenceTuningSpec.class,
          stage -> panel(stage, ((PreferenceTuningSpec) stage.spec()).panel()),
          PreferencesSpec.class,
          stage -> prompts(stage, ((PreferencesSpec) stage.spec()).prompts()),
          RolloutsSpec.class,
          stage -> prompts(stage, ((RolloutsSpec) stage.spec()).prompts()),
          RlSpec.class,
          DataUse::ofRl,
          BestOfNSpec.class,
          stage -> prompts(stage, ((BestOfNSpec) stage.spec()).prompts()),
          CurveSpec.class,
          stage -> prompts(stage, ((CurveSpec) stage.spec()).prompts()),
          EvaluationSpec.class,
          DataUse::ofEvaluation);

  /** Everything that a stage reads and that is known before anything runs. */
  static List<DataUse> of(Stage stage) {
    return BY_KIND.getOrDefault(stage.spec().getClass(), unknown -> List.of()).apply(stage).stream()
        .flatMap(use -> use.known().stream())
        .toList();
  }

  /** The same of what is known before anything runs; of a mixture each source, if not all are. */
  private List<DataUse> known() {
    List<DataSource> known =
        source.leaves().stream().filter(leaf -> !(leaf instanceof DataSource.Stage)).toList();
    return known.size() == source.leaves().size()
        ? List.of(this)
        : known.stream().map(leaf -> new DataUse(stage, leaf, reading)).toList();
  }

  /** Reads it: a file as a whole, of a generator the last row, which tells about all others. */
  void check(DataSources sources) {
    reading.accept(
        sources,
        source instanceof DataSource.Synthetic all
            ? new DataSource.Synthetic(
                all.synthetic(), all.from() + all.rows() - 1, 1, all.seed(), all.parameters())
            : source);
  }

  private static List<DataUse> prompts(Stage stage, DataSource source) {
    return List.of(new DataUse(stage.name(), source, PROMPTS));
  }

  private static List<DataUse> ofPretraining(Stage stage) {
    PretrainSpec spec = (PretrainSpec) stage.spec();
    List<DataUse> uses = panel(stage, spec.panel());
    uses.add(new DataUse(stage.name(), spec.data(), DOCUMENTS));
    spec.heldout().ifPresent(rows -> uses.add(new DataUse(stage.name(), rows, DOCUMENTS)));
    return uses;
  }

  private static List<DataUse> ofSft(Stage stage) {
    SftSpec spec = (SftSpec) stage.spec();
    List<DataUse> uses = panel(stage, spec.panel());
    uses.add(new DataUse(stage.name(), spec.data(), ROWS));
    spec.heldout().ifPresent(rows -> uses.add(new DataUse(stage.name(), rows, ROWS)));
    return uses;
  }

  private static List<DataUse> ofRl(Stage stage) {
    RlSpec spec = (RlSpec) stage.spec();
    List<DataUse> uses = panel(stage, spec.panel());
    uses.addAll(prompts(stage, spec.prompts()));
    return uses;
  }

  private static List<DataUse> panel(Stage stage, PanelSpec panel) {
    List<DataUse> uses = new ArrayList<>();
    panel.prompts().ifPresent(source -> uses.addAll(prompts(stage, source)));
    return uses;
  }

  private static List<DataUse> ofEvaluation(Stage stage) {
    List<DataUse> uses = new ArrayList<>();
    for (SuiteSpec suite : ((EvaluationSpec) stage.spec()).suites()) {
      boolean rows = suite.metrics().contains("likelihood");
      suite
          .data()
          .ifPresent(source -> uses.add(new DataUse(stage.name(), source, rows ? ROWS : PROMPTS)));
    }
    return uses;
  }
}
