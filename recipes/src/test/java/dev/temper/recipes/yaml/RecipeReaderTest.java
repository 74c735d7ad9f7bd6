package dev.temper.recipes.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.FakeCatalog;
import dev.temper.recipes.Input;
import dev.temper.recipes.Method;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.Seeds;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Shipped;
import dev.temper.recipes.Stage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecipeReaderTest {

  /** Line 1 is the name; stages of a test start at line 4. */
  private static final String HEAD =
      """
      name: small
      seed: 3
      stages:
      """;

  private static final String BASE =
      """
        base: {kind: pretrain, data: {synthetic: kind-notes/pretraining, rows: 9}, steps: 5, learningRate: 0.01}
      """;

  private static final String RL =
      """
        rl: {kind: rl, init: base, verifiers: [exact-match], prompts: {synthetic: backward/prompts, rows: 8}, steps: 7, learningRate: 0.001}
      """;

  private final RecipeReader reader = new RecipeReader(new FakeCatalog());

  private static <T> T spec(Recipe recipe, String stage, Class<T> type) {
    return type.cast(stage(recipe, stage).spec());
  }

  private static Stage stage(Recipe recipe, String name) {
    return recipe.stages().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  private Recipe read(String stages) {
    return reader.read("small.yaml", HEAD + stages);
  }

  private Recipe read(String stages, String... assignments) {
    return reader.read(
        new RecipeReader.Source("small.yaml", HEAD + stages), List.of(), List.of(assignments));
  }

  private List<String> problems(String stages, String... assignments) {
    return problemsOf(HEAD + stages, assignments);
  }

  private List<String> problemsOf(String yaml, String... assignments) {
    RecipeException refused =
        catchThrowableOfType(
            RecipeException.class,
            () ->
                reader.read(
                    new RecipeReader.Source("small.yaml", yaml), List.of(), List.of(assignments)));
    assertThat(refused).as("the recipe is refused").isNotNull();
    assertThat(refused.getMessage())
        .startsWith("Recipe 'small.yaml' is invalid (%d):".formatted(refused.problems().size()));
    return refused.problems().stream().map(Problem::text).toList();
  }

  @Test
  void fillsInEveryDefault() {
    Recipe recipe = read(BASE);

    PretrainSpec base = spec(recipe, "base", PretrainSpec.class);
    assertThat(recipe.name()).isEqualTo("small");
    assertThat(recipe.seed()).isEqualTo(3);
    assertThat(base.tokenizer()).isEqualTo("kind-notes");
    assertThat(base.model().heads()).isEqualTo(8);
    assertThat(base.optimizer().warmupSteps()).isEqualTo(20);
    assertThat(base.optimizer().schedule()).isEqualTo("cosine");
    assertThat(base.panel().sampling().maxCompletionTokens()).isEqualTo(48);
    assertThat(base.numerics()).isEqualTo(new Numerics("float32", "cpu"));
    assertThat(base.heldout()).isEmpty();
    assertThat(base.seed()).isEqualTo(Seeds.derive(3, "base"));
    assertThat(base.data())
        .isEqualTo(new DataSource.Synthetic("kind-notes/pretraining", 0, 9, 3, Map.of()));
    assertThat(stage(recipe, "base").retry()).isEqualTo(new Stage.RetrySpec(1, 60, 3));
  }

  @Test
  void mergesANestedMapWithTheDefaultOfItsPlace() {
    Recipe recipe = read(RL.replace("steps: 7", "steps: 7, optimizer: {warmupSteps: 2}") + BASE);

    RlSpec rl = spec(recipe, "rl", RlSpec.class);
    assertThat(rl.optimizer().warmupSteps()).isEqualTo(2);
    assertThat(rl.optimizer().schedule()).isEqualTo("constant");
  }

  @Test
  void referencesDefaultToWhereThePolicyStarted() {
    Recipe recipe =
        read(
            BASE
                + RL
                + """
                  rm: {kind: reward-model, init: base, pairs: pairs.train, learningRate: 0.001}
                  pairs: {kind: preferences, policy: base, prompts: {synthetic: kind-notes/prompts, rows: 8}, labeller: {gold: kind-notes}, split: {train: 4}}
                  curve: {kind: curve, policies: rl, proxy: rm, gold: kind-notes, prompts: {synthetic: kind-notes/prompts, rows: 8}, peak: {rule: last}}
                """);

    assertThat(spec(recipe, "rl", RlSpec.class).reference()).isEqualTo(new Input("base", ""));
    assertThat(spec(recipe, "curve", CurveSpec.class).reference()).isEqualTo(new Input("base", ""));
  }

  @Test
  void resolvesMethodsGivenByNameOrAsAMap() {
    Recipe byName = read(BASE + RL.replace("steps: 7", "steps: 7, loss: grpo"));
    Recipe asMap = read(BASE + RL.replace("steps: 7", "steps: 7, loss: {clipLow: 0.1}"));

    assertThat(spec(byName, "rl", RlSpec.class).loss())
        .isEqualTo(new Method("grpo", Map.of("clipLow", 0.2, "clipHigh", 0.2, "klBeta", 0.0)));
    assertThat(spec(asMap, "rl", RlSpec.class).loss().name()).isEqualTo("ppo-clip");
    assertThat(spec(asMap, "rl", RlSpec.class).loss().parameters()).containsEntry("clipLow", 0.1);
  }

  @Test
  void putsStagesInTheOrderOfTheirInputsAndOtherwiseAsWritten() {
    Recipe recipe =
        read(
            """
              z: {kind: sft, init: base, data: {file: z.jsonl}, learningRate: 0.001}
              a: {kind: sft, init: z, data: {file: z.jsonl}, learningRate: 0.001}
            """
                + BASE
                + "  b: {kind: sft, init: base, data: {file: z.jsonl}, learningRate: 0.001}\n");

    assertThat(recipe.stages()).extracting(Stage::name).containsExactly("base", "z", "a", "b");
  }

  @Test
  void readsAllThreeKindsOfData() {
    Recipe recipe =
        read(
            BASE
                + """
                  a: {kind: sft, init: base, data: {file: rows.jsonl, limit: 5}, learningRate: 1e-3}
                  ro: {kind: rollouts, policy: a, verifiers: [exact-match], prompts: {synthetic: backward/prompts, rows: 8}, completionsPerPrompt: 2}
                  rs: {kind: rejection-sampling, rollouts: ro}
                  b: {kind: sft, init: base, data: rs, learningRate: 1e-3}
                """);

    assertThat(spec(recipe, "a", SftSpec.class).data())
        .isEqualTo(new DataSource.File("rows.jsonl", "", 5));
    assertThat(spec(recipe, "b", SftSpec.class).data())
        .isEqualTo(new DataSource.Stage(new Input("rs", "")));
  }

  @Test
  void readsAMixtureInItsShortAndItsLongForm() {
    String part = "{file: a.csv, shape: alpaca, columns: {instruction: q}}";
    Recipe recipe =
        read(
            BASE
                + """
                  a: {kind: sft, init: base, data: [{file: a.csv, shape: alpaca, columns: {instruction: q}, weight: 3, cap: 9}, {synthetic: backward/demonstrations, rows: 8, weight: 1}], learningRate: 1e-3}
                  b: {kind: sft, init: base, data: {mixture: [{source: %s, weight: 3, cap: 9}, {synthetic: backward/demonstrations, rows: 8, weight: 1}], seed: 3}, learningRate: 1e-3}
                  c: {kind: comparisons, policy: base, data: [{file: p.jsonl, pairing: all, seed: 2}], split: {train: 4}}
                  rm: {kind: reward-model, init: base, pairs: c.train, learningRate: 1e-3}
                """
                    .formatted(part));

    DataSource.Mixture mixture = (DataSource.Mixture) spec(recipe, "a", SftSpec.class).data();
    assertThat(mixture.seed()).isEqualTo(3);
    assertThat(mixture.mixture()).extracting(DataSource.Part::cap).containsExactly(9, 0);
    assertThat(mixture.mixture())
        .extracting(DataSource.Part::weight)
        .containsExactly(Optional.of(3.0), Optional.of(1.0));
    assertThat(((DataSource.File) mixture.mixture().get(0).source()).columns())
        .contains(Map.of("instruction", "q"));
    assertThat(spec(recipe, "b", SftSpec.class).data()).isEqualTo(mixture);
    String yaml = YamlWriter.write(recipe);
    assertThat(new RecipeReader(new FakeCatalog()).read("resolved.yaml", yaml).stages())
        .isEqualTo(recipe.stages());
  }

  @Test
  void refusesAMixtureOfNothingAndOneOfSomeWeights() {
    String stage = "  a: {kind: sft, init: base, data: %s, learningRate: 1e-3}\n";

    assertThatThrownBy(() -> read(BASE + stage.formatted("[]")))
        .hasMessageContaining("must have at least one source");
    assertThatThrownBy(
            () -> read(BASE + stage.formatted("[{file: a.jsonl, weight: 1}, {file: b.jsonl}]")))
        .hasMessageContaining("must have a weight for every source or for none");
    assertThatThrownBy(() -> read(BASE + stage.formatted("[{file: a.jsonl, wieght: 1}]")))
        .hasMessageContaining("wieght");
  }

  @Test
  void expandsInlineRolloutsIntoAStageThatTwoSelectionsShare() {
    String arm =
        "  %s: {kind: rejection-sampling, policy: base, verifiers: [exact-match], prompts: {synthetic: backward/prompts, rows: 8}, completionsPerPrompt: 4, select: %s}\n";
    Recipe recipe =
        read(
            BASE
                + arm.formatted("top", "top-per-prompt")
                + arm.formatted("random", "random-per-prompt"));

    assertThat(recipe.stages())
        .extracting(Stage::name)
        .containsExactly("base", "top-rollouts", "top", "random-rollouts", "random");
    assertThat(spec(recipe, "top-rollouts", RolloutsSpec.class))
        .isEqualTo(spec(recipe, "random-rollouts", RolloutsSpec.class));
    assertThat(spec(recipe, "top-rollouts", RolloutsSpec.class).seed())
        .isEqualTo(Seeds.derive(3, "rollouts"));
    assertThat(spec(recipe, "top", RejectionSamplingSpec.class).rollouts())
        .isEqualTo(new Input("top-rollouts", ""));
  }

  @Test
  void inlineRolloutsNeedAFreeName() {
    assertThat(
            problems(
                BASE
                    + """
                      top-rollouts: {kind: rollouts, policy: base, verifiers: [exact-match], prompts: {synthetic: backward/prompts, rows: 8}, completionsPerPrompt: 2}
                      top: {kind: rejection-sampling, policy: base, verifiers: [exact-match], prompts: {synthetic: backward/prompts, rows: 8}, completionsPerPrompt: 4}
                    """))
        .containsExactly(
            "small.yaml:6:3: stages.top needs the name 'top-rollouts' for its rollouts; say"
                + " 'rollouts: top-rollouts' to use that stage");
  }

  @Test
  void aStageMayNotHaveBothRolloutsAndAPolicy() {
    assertThat(
            problems(
                BASE
                    + """
                      ro: {kind: rollouts, policy: base, verifiers: [exact-match], prompts: {synthetic: backward/prompts, rows: 8}, completionsPerPrompt: 2}
                      rs: {kind: rejection-sampling, rollouts: ro, policy: base}
                    """))
        .singleElement()
        .asString()
        .startsWith("small.yaml:6:48: stages.rs.policy is not a known key");
  }

  @Test
  void readsWhatCannotChangeAResultBesideTheSpec() {
    Recipe recipe =
        read(
            BASE.replace(
                "steps: 5",
                "steps: 5, resources: {queue: gpu}, checkpointEverySteps: 4, retry:"
                    + " {maximumSeconds: 9}, gate: {metric: eval/loss, max: 2},"
                    + " timeouts: {heartbeatSeconds: 5}"));

    Stage base = stage(recipe, "base");
    assertThat(base.queue()).isEqualTo("gpu");
    assertThat(base.checkpointEverySteps()).isEqualTo(4);
    assertThat(base.retry().maximumSeconds()).isEqualTo(9);
    assertThat(base.gate())
        .contains(new Stage.Gate("eval/loss", Optional.empty(), Optional.of(2.0)));
    assertThat(base.timeouts()).contains(new Stage.Timeouts(Optional.of(5.0), Optional.empty()));
    assertThat(stage(read(BASE), "base").timeouts()).isEmpty();
    assertThat(base.spec()).isEqualTo(stage(read(BASE), "base").spec());
  }

  @Test
  void numericsOfTheRecipeAreTheDefaultOfItsStages() {
    Recipe recipe = reader.read("small.yaml", "numerics: {format: bfloat16}\n" + HEAD + BASE);

    assertThat(stage(recipe, "base").spec().numerics()).isEqualTo(new Numerics("bfloat16", "cpu"));
  }

  @Test
  void problemsOfAnInheritedDefaultAreReportedOnce() {
    String sft = "  sft: {kind: sft, init: base, data: {file: a}, learningRate: 0.1}\n";
    assertThat(problemsOf("numerics: {format: float16}\n" + HEAD + BASE + sft))
        .containsExactly(
            "small.yaml:1:20: stages.base.numerics.format must be one of [float32, bfloat16], got"
                + " 'float16'; did you mean 'bfloat16'?");
  }

  @Test
  void setChangesAValueOfTheRightType() {
    Recipe recipe =
        read(
            BASE + RL,
            "stages.rl.kl.beta=0.1",
            "seed=9",
            "stages.base.steps=1_000",
            "stages.rl.verifiers.0={name: exact-match, weight: 2}",
            "stages.rl.loss=grpo");

    assertThat(recipe.seed()).isEqualTo(9);
    assertThat(spec(recipe, "rl", RlSpec.class).kl().beta()).isEqualTo(0.1);
    assertThat(spec(recipe, "rl", RlSpec.class).loss().name()).isEqualTo("grpo");
    assertThat(spec(recipe, "rl", RlSpec.class).verifiers().get(0).parameters())
        .containsEntry("weight", 2.0);
    assertThat(spec(recipe, "base", PretrainSpec.class).steps()).isEqualTo(1000);
    assertThat(spec(recipe, "base", PretrainSpec.class).seed()).isEqualTo(Seeds.derive(9, "base"));
  }

  @Test
  void setRefusesWhatTheRecipeWouldRefuse() {
    assertThat(
            problems(
                BASE + RL,
                "stages.rl.kl.betta=0.1",
                "stages.rl.steps=many",
                "stages.rll.steps=3",
                "stages.rl.verifiers.4=format",
                "stages.rl.steps.more=1",
                "nothing",
                "seed="))
        .containsExactlyInAnyOrder(
            "--set stages.rl.kl.betta=0.1: stages.rl.kl.betta is not a known key; did you mean"
                + " 'beta'?",
            "--set stages.rl.steps=many: stages.rl.steps must be an integer, got many",
            "--set stages.rll.steps=3: stages.rll is not a stage; the stages are [base, rl]; did"
                + " you mean 'rl'?",
            "--set stages.rl.verifiers.4=format: stages.rl.verifiers is a list of 1, '4' is not an"
                + " index in it",
            "--set stages.rl.steps.more=1: stages.rl.steps is many, not a map; set it as a whole",
            "--set nothing: must be key.key=value, got 'nothing'");
  }

  @Test
  void overlaysMergeMapsAndReplaceTheRest() {
    Recipe recipe =
        reader.read(
            new RecipeReader.Source("small.yaml", HEAD + BASE + RL),
            List.of(
                new RecipeReader.Source(
                    "more.yaml",
                    """
                    seed: 4
                    stages:
                      rl: {steps: 8, kl: {beta: 0.2}, verifiers: [format]}
                      base: {kind: sft, init: other, data: {file: a.jsonl}, learningRate: 0.1}
                      other: {kind: pretrain, data: {file: b.jsonl}, steps: 1, learningRate: 0.1}
                    """)),
            List.of());

    assertThat(recipe.seed()).isEqualTo(4);
    assertThat(spec(recipe, "rl", RlSpec.class).steps()).isEqualTo(8);
    assertThat(spec(recipe, "rl", RlSpec.class).init()).isEqualTo(new Input("base", ""));
    assertThat(spec(recipe, "rl", RlSpec.class).verifiers())
        .extracting(Method::name)
        .containsExactly("format");
    assertThat(spec(recipe, "base", SftSpec.class).init()).isEqualTo(new Input("other", ""));
  }

  @Test
  void problemsOfAnOverlayStandInTheOverlay() {
    RecipeException refused =
        catchThrowableOfType(
            RecipeException.class,
            () ->
                reader.read(
                    new RecipeReader.Source("small.yaml", HEAD + BASE),
                    List.of(new RecipeReader.Source("more.yaml", "stages:\n  base: {steps: 0}\n")),
                    List.of()));

    assertThat(refused.problems())
        .extracting(Problem::text)
        .containsExactly("more.yaml:2:17: stages.base.steps must be at least 1, got 0");
  }

  @Test
  void reportsAllProblemsAtOnceInTheOrderOfTheFile() {
    assertThat(
            problemsOf(
                """
                name: Small
                sed: 3
                stages:
                  base:
                    kind: pretrain
                    data: {synthetic: kind-notes/pretraining, rows: 9}
                    learningRate: 3
                    steps: few
                    model: {width: 30, heads: 4}
                  rl:
                    kind: rll
                  sft:
                    kind: sft
                    init: bas
                """))
        .containsExactly(
            "small.yaml:1:7: name must be lower-case letters, digits and '-', a letter first, got"
                + " 'Small'",
            "small.yaml:2:1: sed is not a known key; did you mean 'seed'?",
            "small.yaml:7:19: stages.base.learningRate must be in (0, 1), got 3.0",
            "small.yaml:8:12: stages.base.steps must be an integer, got few",
            "small.yaml:9:31: stages.base.model.heads must divide width (30), got 4",
            "small.yaml:11:11: stages.rl.kind must be one of [pretrain, sft, preferences,"
                + " comparisons, reward-model, preference-tuning, rollouts, rejection-sampling, best-of-n,"
                + " rl, curve, evaluation],"
                + " got 'rll'; did you mean 'rl'?",
            "small.yaml:12:3: stages.sft.data is missing",
            "small.yaml:12:3: stages.sft.learningRate is missing",
            "small.yaml:14:11: stages.sft.init must be a stage, got 'bas'; stages are [base, rl,"
                + " sft]; did you mean 'base'?");
  }

  @Test
  void refusesAnUnknownKeyWithTheNearestOne() {
    assertThat(problems(BASE.replace("steps: 5", "steps: 5, learningrte: 1, zzzzzzzzzz: 2")))
        .hasSize(2)
        .satisfies(
            found ->
                assertThat(found.get(0))
                    .isEqualTo(
                        "small.yaml:4:88: stages.base.learningrte is not a known key; did you mean"
                            + " 'learningRate'?"))
        .satisfies(
            found ->
                assertThat(found.get(1))
                    .startsWith(
                        "small.yaml:4:104: stages.base.zzzzzzzzzz is not a known key; known are"
                            + " [data, heldout, tokenizer,"));
  }

  @Test
  void refusesValuesOfTheWrongType() {
    assertThat(
            problems(
                """
                  base:
                    kind: pretrain
                    data: [1]
                    steps: 1.5
                    learningRate: fast
                    tokenizer: 7
                    model: {tiedHead: 1, width: 99999999999}
                    optimizer: none
                    heldout: {synthetic: kind-notes/prompts, rows: 'many'}
                    seed: -1
                """))
        .containsExactly(
            "small.yaml:6:12: stages.base.data.mixture[0].source must be a stage, stage.output or"
                + " stage@step, got 1",
            "small.yaml:7:12: stages.base.steps must be an integer, got 1.5",
            "small.yaml:8:19: stages.base.learningRate must be a number, got fast",
            "small.yaml:9:16: stages.base.tokenizer must be a text, got 7",
            "small.yaml:10:23: stages.base.model.tiedHead must be true or false, got 1",
            "small.yaml:10:33: stages.base.model.width must be an integer, got 99999999999",
            "small.yaml:11:16: stages.base.optimizer must be a map, got none",
            "small.yaml:12:52: stages.base.heldout.rows must be an integer, got 'many'",
            "small.yaml:13:11: stages.base.seed must be in [0, 9007199254740991], got -1");
  }

  @Test
  void refusesListsAndItemsOfTheWrongType() {
    assertThat(
            problems(
                BASE
                    + """
                      eval: {kind: evaluation, models: base, suites: [{name: a, metrics: [gould], data: {file: a.jsonl}}, 5]}
                    """))
        .containsExactly(
            "small.yaml:5:36: stages.eval.models must be a list, got base",
            "small.yaml:5:71: stages.eval.suites[0].metrics[0] must be one of [exact-match, gold,"
                + " likelihood, termination, length, distinct-1, distinct-2, reward-accuracy], got"
                + " 'gould'; did you mean 'gold'?",
            "small.yaml:5:103: stages.eval.suites[1] must be a map, got 5");
  }

  @Test
  void refusesAnUnknownWordWithTheNearestOne() {
    assertThat(problems(BASE + RL.replace("steps: 7", "steps: 7, kl: {in: rewards}")))
        .containsExactly(
            "small.yaml:5:124: stages.rl.kl.in must be one of [none, reward, loss], got"
                + " 'rewards'; did you mean 'reward'?");
  }

  @Test
  void refusesUnknownMethodsParametersAndValuesWhereTheyStand() {
    assertThat(problems(BASE + RL.replace("steps: 7", "steps: 7, loss: ppo-clop")))
        .containsExactly(
            "small.yaml:5:121: stages.rl.loss must be one of [grpo, policy-gradient,"
                + " ppo-clip], got 'ppo-clop'; did you mean 'ppo-clip'?");
    assertThat(
            problems(
                BASE + RL.replace("steps: 7", "steps: 7, loss: {name: ppo-clip, clipLoww: 0.1}")))
        .containsExactly(
            "small.yaml:5:138: stages.rl.loss.clipLoww is not a known key of policy-loss"
                + " 'ppo-clip'; did you mean 'clipLow'?");
    assertThat(
            problems(
                BASE
                    + RL.replace(
                        "steps: 7",
                        "steps: 7, loss: {name: ppo-clip, clipLow: wide, clipHigh: 1}")))
        .containsExactly(
            "small.yaml:5:138: stages.rl.loss is refused: policy-loss 'ppo-clip': clipLow must be"
                + " like 0.2, got wide");
  }

  @Test
  void refusesUnknownGeneratorsAndTheirParameters() {
    assertThat(problems(BASE.replace("kind-notes/pretraining", "kind-notes/pretrain")))
        .singleElement()
        .asString()
        .startsWith("small.yaml:4:44: stages.base.data must be one of")
        .endsWith("got 'kind-notes/pretrain'; did you mean 'kind-notes/pretraining'?");
    assertThat(problems(BASE.replace("rows: 9", "rows: 9, fron: 3")))
        .containsExactly(
            "small.yaml:4:77: stages.base.data.fron is not a known key of synthetic"
                + " 'kind-notes/pretraining'; did you mean 'from'?");
    assertThat(problems(BASE.replace("synthetic:", "synthetics:")))
        .singleElement()
        .asString()
        .contains("stages.base.data must have either 'synthetic' or 'file'");
  }

  @Test
  void refusesAMissingStageList() {
    assertThat(problemsOf("name: small\n"))
        .containsExactly(
            "small.yaml:1:1: stages must be a map of at least one stage, got a map with keys []");
    assertThat(problemsOf("name: small\nstages: {}\n"))
        .singleElement()
        .asString()
        .startsWith("small.yaml:2:9: stages must be");
    assertThat(problemsOf("seed: 1\nstages:\n" + BASE))
        .containsExactly("small.yaml:1:1: name is missing");
  }

  @Test
  void refusesAStageWithoutKindOrWithABadName() {
    assertThat(problems("  Base: {}\n"))
        .containsExactly(
            "small.yaml:4:3: stages.Base must be named with lower-case letters, digits and '-', a"
                + " letter first, got 'Base'",
            "small.yaml:4:3: stages.Base.kind is missing; it is one of [pretrain, sft,"
                + " preferences, comparisons, reward-model, preference-tuning, rollouts,"
                + " rejection-sampling, best-of-n, rl, curve,"
                + " evaluation]");
    assertThat(problems("  base: 5\n"))
        .containsExactly("small.yaml:4:9: stages.base must be a map, got 5");
  }

  @Test
  void refusesASnapshotThatIsNotOnTheGrid() {
    assertThat(
            problems(
                BASE
                    + RL.replace("steps: 7", "steps: 140")
                    + "  sft: {kind: sft, init: rl@7, data: {file: a}, learningRate: 0.1}\n"))
        .containsExactly(
            "small.yaml:6:26: stages.sft.init must be an output that rl stage 'rl' has, got"
                + " 'rl@7'; its snapshots are @0, @5, @10, @15, ..., @140");
  }

  @Test
  void checksInputsFromAStageThatHasOtherProblems() {
    assertThat(
            problems(
                BASE
                    + RL.replace("steps: 7", "steps: 8, loss: none")
                        .replace("learningRate: 0.001", "learningRate: 3")
                    + "  sft: {kind: sft, init: rl@7, data: {file: a}, learningRate: 0.1}\n"))
        .hasSize(3)
        .anyMatch(p -> p.contains("stages.rl.learningRate must be in (0, 1), got 3.0"))
        .anyMatch(p -> p.contains("stages.rl.loss must be one of"))
        .anyMatch(p -> p.contains("got 'rl@7'; its snapshots are @0, @5, @8"));
  }

  @Test
  void takesSnapshotsOnTheGridAndTheLastStep() {
    Recipe recipe =
        read(
            BASE
                + RL
                + "  eval: {kind: evaluation, models: [rl@0, rl@5, rl@7, rl], suites: [{name: a, data: {file: a}, metrics: [length]}]}\n");

    assertThat(recipe.stages()).hasSize(3);
  }

  @Test
  void refusesAnOutputThatDoesNotExist() {
    String pairs =
        "  pairs: {kind: preferences, policy: base, prompts: {synthetic: kind-notes/prompts, rows: 8}, labeller: {gold: kind-notes}, split: {train: 4, test: 2}}\n";
    String rm = "  rm: {kind: reward-model, init: base, pairs: %s, learningRate: 0.1}\n";

    assertThat(problems(BASE + pairs + rm.formatted("pairs.trian")))
        .containsExactly(
            "small.yaml:6:47: stages.rm.pairs must be an output that preferences stage 'pairs'"
                + " has, got 'pairs.trian'; its outputs are [test, train]; did you mean 'train'?");
    assertThat(problems(BASE + pairs + rm.formatted("pairs")))
        .containsExactly(
            "small.yaml:6:47: stages.rm.pairs must name an output of preferences stage 'pairs',"
                + " as in 'pairs.test': its outputs are [test, train]");
    assertThat(problems(BASE + pairs + rm.formatted("base.best")))
        .containsExactly(
            "small.yaml:6:47: stages.rm.pairs must be an output that pretrain stage 'base' has,"
                + " got 'base.best'; its only output is 'base'");
    assertThat(problems(BASE + pairs + rm.formatted("'a b'")))
        .containsExactly(
            "small.yaml:6:47: stages.rm.pairs must be a stage, stage.output or stage@step, got 'a"
                + " b'");
  }

  @Test
  void refusesAProductOfTheWrongType() {
    assertThat(
            problems(
                BASE
                    + """
                      pairs: {kind: preferences, policy: base, prompts: {synthetic: kind-notes/prompts, rows: 8}, labeller: {gold: kind-notes}, split: {train: 4}}
                      rm: {kind: reward-model, init: base, pairs: pairs.train, learningRate: 0.1}
                      sft: {kind: sft, init: rm, data: base, learningRate: 0.1}
                      curve: {kind: curve, policies: base, proxy: base, gold: kind-notes, prompts: {file: a}, peak: {rule: last}}
                    """))
        .containsExactly(
            "small.yaml:7:26: stages.sft.init must be a policy, got 'rm', which is a reward model",
            "small.yaml:7:36: stages.sft.data must be selected completions, got 'base', which is a"
                + " policy",
            "small.yaml:8:34: stages.curve.policies must be a policy with its snapshots (the"
                + " default output of an rl stage), got 'base', which is a policy",
            "small.yaml:8:47: stages.curve.proxy must be a reward model, got 'base', which is a"
                + " policy");
  }

  @Test
  void refusesACycle() {
    assertThat(
            problems(
                BASE
                    + """
                      a: {kind: sft, init: c, data: {file: a}, learningRate: 0.1}
                      b: {kind: sft, init: a, data: {file: a}, learningRate: 0.1}
                      c: {kind: sft, init: b, data: {file: a}, learningRate: 0.1}
                      d: {kind: sft, init: c, data: {file: a}, learningRate: 0.1}
                    """))
        .containsExactly("small.yaml:5:3: stages.a waits for itself: a <- c <- b <- a");
  }

  @Test
  void refusesAGroupOfOneWhereTheAdvantageComparesAGroup() {
    assertThat(problems(BASE + RL.replace("steps: 7", "steps: 7, completionsPerPrompt: 1")))
        .containsExactly(
            "small.yaml:5:137: stages.rl.completionsPerPrompt must be at least 2 for advantage"
                + " 'rloo' (a group of one has nothing to compare with), got 1");
    assertThat(
            read(BASE
                    + RL.replace(
                        "steps: 7",
                        "steps: 7, completionsPerPrompt: 1, optimizerStepsPerBatch: 1,"
                            + " advantage: reinforce"))
                .stages())
        .hasSize(2);
  }

  @Test
  void refusesTooFewSamplesForTheLargestN() {
    String rm =
        """
          pairs: {kind: preferences, policy: base, prompts: {synthetic: kind-notes/prompts, rows: 8}, labeller: {gold: kind-notes}, split: {train: 4}}
          rm: {kind: reward-model, init: base, pairs: pairs.train, learningRate: 0.1}
          bon: {kind: best-of-n, policy: base, proxy: rm, gold: kind-notes, prompts: {file: a}, n: %s, samples: 15}
        """;
    assertThat(problems(BASE + rm.formatted("[1, 8]")))
        .containsExactly(
            "small.yaml:7:109: stages.bon.samples must be at least twice the largest n ([1, 8];"
                + " the subset estimator needs spare samples), got 15");
    assertThat(problems(BASE + rm.formatted("[4, 2]")))
        .containsExactly(
            "small.yaml:7:92: stages.bon.n must be ascending and not empty, got [4, 2]");
  }

  @Test
  void refusesMorePairsThanPromptsCanGive() {
    assertThat(
            problems(
                BASE
                    + "  p: {kind: preferences, policy: base, prompts: {synthetic:"
                    + " kind-notes/prompts, rows: 5}, labeller: {gold: kind-notes}, split: {a: 4,"
                    + " b: 2}}\n"))
        .singleElement()
        .asString()
        .contains("stages.p.split must add up to at most 5 (pairs of 2 completions for 5 prompts)");
  }

  @Test
  void refusesARewardlessStageAndAHalfSaidSuite() {
    assertThat(problems(BASE + RL.replace("verifiers: [exact-match], ", "")))
        .singleElement()
        .asString()
        .contains("stages.rl.reward must be given where there are no verifiers");
    assertThat(
            problems(
                BASE
                    + "  eval: {kind: evaluation, models: [base], suites: [{name: a, metrics:"
                    + " [gold, exact-match, reward-accuracy]}]}\n"))
        .hasSize(5)
        .anyMatch(p -> p.contains("eval.rewardModels must name at least one"))
        .anyMatch(p -> p.contains("suites[0].gold must be given for metric 'gold'"))
        .anyMatch(p -> p.contains("suites[0].verifier must be given for metric 'exact-match'"))
        .anyMatch(p -> p.contains("suites[0].pairs must be given for metric 'reward-accuracy'"))
        .anyMatch(p -> p.contains("suites[0].data must be given for metrics"));
  }

  @Test
  void refusesABetaThatHasNoEffectAndMoreOptimizerStepsThanCompletions() {
    assertThat(
            problems(
                BASE
                    + RL.replace(
                        "steps: 7",
                        "steps: 7, kl: {in: none, beta: 0.1}, promptsPerStep: 1,"
                            + " optimizerStepsPerBatch: 5")))
        .hasSize(2)
        .anyMatch(p -> p.contains("stages.rl.kl.beta must be 0 where in is 'none', got 0.1"))
        .anyMatch(p -> p.contains("stages.rl.optimizerStepsPerBatch must be at most"));
    assertThat(
            problems(
                BASE
                    + RL.replace(
                        "steps: 7", "steps: 7, promptsPerStep: 1, optimizerStepsPerBatch: 5")))
        .singleElement()
        .asString()
        .contains("must be at most promptsPerStep * completionsPerPrompt (4), got 5");
  }

  @Test
  void klStandsInOnePlace() {
    assertThat(problems(BASE + RL.replace("steps: 7", "steps: 7, loss: {name: grpo, klBeta: 0.1}")))
        .containsExactly(
            "small.yaml:5:121: stages.rl.loss must leave klBeta to the stage: kl: {in: loss, beta:"
                + " ...}");
  }

  @Test
  void refusesHeadsThatLeaveAnOddWidth() {
    assertThat(problems(BASE.replace("steps: 5", "steps: 5, model: {width: 24, heads: 8}")))
        .containsExactly(
            "small.yaml:4:114: stages.base.model.heads must leave an even width per head (rotary"
                + " embeddings turn pairs), got 24 / 8 = 3");
  }

  @Test
  void refusesRepeatedKeys() {
    assertThat(problems(BASE + BASE))
        .containsExactly("small.yaml:5:3: stages.base stands twice, first in line 4");
  }

  @Test
  void refusesAnchorsAliasesAndTags() {
    assertThat(
            problems(
                BASE.replace(
                    "steps: 5",
                    "steps: &five 5, evaluateEverySteps: *five, batchRows:" + " !!int 7")))
        .hasSize(4)
        .allMatch(p -> p.startsWith("small.yaml:4:"))
        .anyMatch(p -> p.contains("stages.base.steps must not use anchors (&) or aliases (*)"))
        .anyMatch(p -> p.contains("stages.base.evaluateEverySteps must not use anchors"))
        .anyMatch(p -> p.contains("stages.base.batchRows must not use tags"));
  }

  @Test
  void refusesWhatIsNotYamlOrNotAMap() {
    assertThat(problemsOf("name: [1, 2\nseed: 3\n"))
        .singleElement()
        .asString()
        .startsWith("small.yaml:2:")
        .contains("is not YAML");
    assertThat(problemsOf("")).containsExactly("small.yaml:1:1: is empty");
    assertThat(problemsOf("- a\n"))
        .containsExactly("small.yaml:1:1: must be a map, got a list of 1");
    assertThat(problemsOf(HEAD + BASE + "---\nname: other\n"))
        .containsExactly("small.yaml:6:1: must be one document, got a second one");
    assertThat(problemsOf("name: " + "[".repeat(40) + "]".repeat(40)))
        .singleElement()
        .asString()
        .contains("nested deeper than 32");
  }

  @Test
  void numbersAreWhatTheTypeAsksFor() {
    Recipe recipe =
        read(
            BASE.replace("learningRate: 0.01", "learningRate: 1e-3")
                .replace("steps: 5", "steps: 1_0"));

    assertThat(spec(recipe, "base", PretrainSpec.class).learningRate()).isEqualTo(0.001);
    assertThat(spec(recipe, "base", PretrainSpec.class).steps()).isEqualTo(10);
    assertThat(problems(BASE.replace("steps: 5", "steps: 012"))).hasSize(1);
    assertThat(problems(BASE.replace("0.01", ".inf"))).hasSize(1);
    assertThat(problems(BASE.replace("0.01", "1e999"))).hasSize(1);
  }

  @Test
  void gatesAndRetriesHaveRules() {
    assertThat(
            problems(
                BASE.replace(
                    "steps: 5",
                    "steps: 5, gate: {metric: a, min: 2, max: 1}, retry: {initialSeconds: 90},"
                        + " timeouts: {heartbeatSeconds: 9, attemptSeconds: 8},"
                        + " resources: {device: gpu}")))
        .hasSize(4)
        .anyMatch(p -> p.contains("timeouts.heartbeatSeconds must be at most attemptSeconds (8.0)"))
        .anyMatch(p -> p.contains("stages.base.gate.max must be at least min (2.0), got 1.0"))
        .anyMatch(p -> p.contains("stages.base.retry.maximumSeconds must be at least"))
        .anyMatch(p -> p.contains("stages.base.resources must be a map with key queue"));
  }

  @Test
  void theQuickstartHasTheStagesOfTheWholeChain() {
    assertThat(Shipped.recipe("quickstart").stages())
        .extracting(Stage::name)
        .containsExactly(
            "base",
            "sft",
            "pairs",
            "rm",
            "rm-heldout",
            "best-of-n",
            "rs-rollouts",
            "rs",
            "sft-on-rs",
            "rl",
            "rl-kl",
            "curve",
            "curve-kl",
            "v-sft",
            "v-rl",
            "eval",
            "v-eval");
  }

  @Test
  void stagesToBeComparedShareASeed() {
    Recipe recipe =
        read(
            BASE
                + RL
                + """
                  again: {kind: rl, init: base, verifiers: [exact-match], prompts: {synthetic: backward/prompts, rows: 8}, steps: 7, learningRate: 0.001, seedOf: rl}
                """);

    assertThat(stage(recipe, "again").spec()).isEqualTo(stage(recipe, "rl").spec());
  }

  @Test
  void aSeedOfAnUnknownStageOrBesideASeedIsRefused() {
    RecipeException refused =
        catchThrowableOfType(
            RecipeException.class,
            () -> read(BASE, "stages.base.seedOf=bose", "stages.base.seed=4"));

    assertThat(refused)
        .hasMessageContaining("stages.base.seedOf must not stand beside seed")
        .hasMessageContaining("must be a stage of this recipe, got 'bose'; did you mean 'base'?");
  }

  @Test
  void aValueOutOfRangeDoesNotHideARuleBetweenValues() {
    RecipeException refused =
        catchThrowableOfType(
            RecipeException.class,
            () ->
                read(
                    BASE + RL,
                    "stages.rl.learningRate=3",
                    "stages.rl.completionsPerPrompt=1",
                    "stages.rl.advantage=rloo"));

    assertThat(refused)
        .hasMessageContaining("stages.rl.learningRate must be")
        .hasMessageContaining("stages.rl.completionsPerPrompt");
  }
}
