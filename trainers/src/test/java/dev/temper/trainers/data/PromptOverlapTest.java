package dev.temper.trainers.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.recipes.BestOfNSpec;
import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.EndSpec;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.KlSpec;
import dev.temper.recipes.LabellerSpec;
import dev.temper.recipes.Method;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.PeakSpec;
import dev.temper.recipes.PreferencesSpec;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageSpec;
import dev.temper.recipes.SuiteSpec;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PromptOverlapTest {

  private static final Input POLICY = new Input("sft", "");
  private static final Method GOLD = new Method("kind-notes", Map.of());
  private static final SamplingSpec SAMPLING = new SamplingSpec(1, 48, 64, 64);
  private static final Numerics NUMERICS = new Numerics("float32", "cpu");
  private static final OptimizerSpec OPTIMIZER =
      new OptimizerSpec("cosine", 10, 0.1, 0, 0.9, 0.95, 1e-8, 1);
  private static final PanelSpec PANEL = new PanelSpec(Optional.empty(), 4, 10, SAMPLING);

  @TempDir Path folder;

  @Test
  void disjointRangesPass() {
    assertThatCode(
            () ->
                check(
                    stage("sft", sft(demonstrations(0, 100), demonstrations(100, 20))),
                    stage("pairs", preferences(prompts(120, 50))),
                    stage("rollouts", rollouts(prompts(170, 50))),
                    stage("rl", rl(prompts(220, 50))),
                    stage("curve", curve(prompts(270, 50))),
                    stage("eval", evaluation(prompts(320, 50)))))
        .doesNotThrowAnyException();
  }

  @Test
  void anOverlapNamesBothStagesTheCountAndOnePrompt() {
    String shared = new DataSources(new RecipeFolder(folder)).prompts(prompts(90, 1)).get(0).text();
    assertThatThrownBy(
            () ->
                check(stage("sft", sft(demonstrations(0, 100))), stage("rl", rl(prompts(90, 50)))))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.DATA_CONTRACT))
        .hasMessage(
            "stages 'sft' (fine-tuning) and 'rl' (reinforcement) share 10 prompts, for example '"
                + shared
                + "'");
  }

  @Test
  void everyPairOfRolesIsChecked() {
    List<StageSpec> specs =
        List.of(
            sft(demonstrations(0, 5)),
            preferences(prompts(0, 5)),
            rollouts(prompts(0, 5)),
            rl(prompts(0, 5)),
            bestOfN(prompts(0, 5)),
            evaluation(prompts(0, 5)));
    for (int i = 0; i < specs.size(); i++) {
      for (int j = i + 1; j < specs.size(); j++) {
        Stage first = stage("first", specs.get(i));
        Stage second = stage("second", specs.get(j));
        assertThatThrownBy(() -> check(first, second))
            .hasMessageContaining("'first'")
            .hasMessageContaining("'second'")
            .hasMessageContaining("share 5 prompts");
      }
    }
  }

  @Test
  void twoStagesOfOneRoleMayShare() {
    assertThatCode(
            () ->
                check(
                    stage("rl", rl(prompts(0, 50))),
                    stage("rl-kl", rl(prompts(0, 50))),
                    stage("best-of-n", bestOfN(prompts(50, 50))),
                    stage("curve", curve(prompts(50, 50)))))
        .doesNotThrowAnyException();
  }

  @Test
  void heldOutRowsMayBeEvaluatedButNotTrainedOn() {
    assertThatCode(
            () ->
                check(
                    stage("sft", sft(demonstrations(0, 50), demonstrations(50, 50))),
                    stage("curve", curve(prompts(50, 25))),
                    stage("eval", evaluation(prompts(75, 25)))))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () -> check(stage("sft", sft(demonstrations(0, 50), demonstrations(49, 50)))))
        .hasMessageContaining("'sft' (fine-tuning) and 'sft' (held-out loss) share 1 prompt,");
    assertThatThrownBy(
            () ->
                check(
                    stage("sft", sft(demonstrations(0, 50), demonstrations(50, 50))),
                    stage("rl", rl(prompts(60, 5)))))
        .hasMessageContaining("(held-out loss) and 'rl'");
  }

  @Test
  void whatAnotherStageMadeHasThatStagesPrompts() {
    assertThatCode(
            () ->
                check(
                    stage("rollouts", rollouts(prompts(0, 50))),
                    stage("sft-on-rs", sft(new DataSource.Stage(new Input("rs", ""))))))
        .doesNotThrowAnyException();
  }

  @Test
  void filesAreComparedByText() throws IOException {
    Files.writeString(
        folder.resolve("a.jsonl"),
        "{\"prompt\": \"one\", \"completion\": \"x\"}\n{\"prompt\": \"two\"}");
    Files.writeString(
        folder.resolve("b.jsonl"), "{\"prompt\": \"three\"}\n{\"prompt\": \" two\\n\"}");
    DataSource a = new DataSource.File("a.jsonl", "", 0);
    DataSource b = new DataSource.File("b.jsonl", "", 0);
    assertThatThrownBy(() -> check(stage("sft", sft(a)), stage("eval", evaluation(b))))
        .hasMessageContaining("share 1 prompt, for example 'two'");
    assertThatThrownBy(
            () ->
                check(stage("sft", sft(new DataSource.File("c.jsonl", "", 0))), stage("rl", rl(b))))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("c.jsonl: no such file");
  }

  @Test
  void allOverlapsAreNamedAtOnce() {
    assertThatThrownBy(
            () ->
                check(
                    stage("sft", sft(demonstrations(0, 100))),
                    stage("pairs", preferences(prompts(99, 50))),
                    stage("rl", rl(prompts(148, 50)))))
        .hasMessageContaining("'sft' (fine-tuning) and 'pairs' (preferences)")
        .hasMessageContaining("; stages 'pairs' (preferences) and 'rl' (reinforcement)");
  }

  private void check(Stage... stages) {
    PromptOverlap.check(new Recipe("test", 7, List.of(stages)), new RecipeFolder(folder));
  }

  private static DataSource demonstrations(int from, int rows) {
    return Sources.of("kind-notes/demonstrations", from, rows);
  }

  private static DataSource prompts(int from, int rows) {
    return Sources.of("kind-notes/prompts", from, rows);
  }

  private static Stage stage(String name, StageSpec spec) {
    return new Stage(name, spec, "", 0, new Stage.RetrySpec(1, 60, 3), Optional.empty());
  }

  private static SftSpec sft(DataSource data) {
    return sft(data, Optional.empty());
  }

  private static SftSpec sft(DataSource data, DataSource heldout) {
    return sft(data, Optional.of(heldout));
  }

  private static SftSpec sft(DataSource data, Optional<DataSource> heldout) {
    return new SftSpec(
        POLICY,
        data,
        heldout,
        "final",
        1,
        Optional.empty(),
        32,
        8,
        64,
        1e-3,
        OPTIMIZER,
        10,
        PANEL,
        1,
        NUMERICS);
  }

  private static PreferencesSpec preferences(DataSource prompts) {
    return new PreferencesSpec(
        POLICY,
        prompts,
        2,
        SAMPLING,
        new LabellerSpec("gold", GOLD, 0.7, 0),
        Map.of("train", 5),
        1,
        NUMERICS);
  }

  private static RolloutsSpec rollouts(DataSource prompts) {
    return new RolloutsSpec(
        POLICY, Optional.empty(), List.of(), Optional.empty(), prompts, 8, SAMPLING, 1, NUMERICS);
  }

  private static RlSpec rl(DataSource prompts) {
    return new RlSpec(
        POLICY,
        POLICY,
        Optional.empty(),
        List.of(),
        prompts,
        10,
        4,
        4,
        1,
        1,
        8,
        64,
        SAMPLING,
        new Method("rloo", Map.of()),
        new Method("ppo-clip", Map.of()),
        new KlSpec("none", "k1", "sum", 0),
        new EndSpec("score", 0),
        5,
        1e-3,
        OPTIMIZER,
        PANEL,
        1,
        NUMERICS);
  }

  private static BestOfNSpec bestOfN(DataSource prompts) {
    return new BestOfNSpec(
        POLICY,
        new Input("rm", ""),
        Optional.empty(),
        GOLD,
        prompts,
        List.of(1, 2),
        4,
        SAMPLING,
        1,
        NUMERICS);
  }

  private static CurveSpec curve(DataSource prompts) {
    return new CurveSpec(
        new Input("rl", ""),
        POLICY,
        new Input("rm", ""),
        Optional.empty(),
        GOLD,
        prompts,
        1,
        new PeakSpec("last", 0, 0),
        SAMPLING,
        1,
        NUMERICS);
  }

  private static EvaluationSpec evaluation(DataSource prompts) {
    SuiteSpec suite =
        new SuiteSpec(
            "notes",
            Optional.of(prompts),
            List.of("gold"),
            Optional.of(GOLD),
            Optional.empty(),
            Optional.empty(),
            SAMPLING);
    return new EvaluationSpec(List.of(POLICY), List.of(), List.of(suite), 100, 1, NUMERICS);
  }
}
