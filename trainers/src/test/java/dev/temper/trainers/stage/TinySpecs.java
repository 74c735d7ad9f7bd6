package dev.temper.trainers.stage;

import dev.temper.recipes.DataSource;
import dev.temper.recipes.Input;
import dev.temper.recipes.LabellerSpec;
import dev.temper.recipes.Method;
import dev.temper.recipes.ModelSpec;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.PreferenceTuningSpec;
import dev.temper.recipes.PreferencesSpec;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.RewardModelSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.SftSpec;
import java.util.Map;
import java.util.Optional;

/** Specs that run in a second: one layer, a handful of steps, several micro-batches and chunks. */
final class TinySpecs {

  static final long SEED = 7;
  static final Numerics NUMERICS = new Numerics("float32", "cpu");
  static final SamplingSpec SAMPLING = new SamplingSpec(1, 10, 4, 2);

  private TinySpecs() {}

  static DataSource synthetic(String name, int from, int rows) {
    return new DataSource.Synthetic(name, from, rows, SEED, Map.of());
  }

  static OptimizerSpec optimizer() {
    return new OptimizerSpec("cosine", 2, 0.1, 0.01, 0.9, 0.95, 1e-8, 1);
  }

  static PanelSpec panel(int everySteps) {
    return new PanelSpec(
        Optional.of(synthetic("kind-notes/prompts", 900, 3)), 3, everySteps, SAMPLING);
  }

  static ModelSpec model() {
    return new ModelSpec("llama", 16, 1, 2, 1, 32, true, 10_000, 128, 0.125);
  }

  static PretrainSpec pretrain(int steps) {
    return new PretrainSpec(
        synthetic("kind-notes/pretraining", 0, 12),
        Optional.of(synthetic("kind-notes/pretraining", 100, 5)),
        "kind-notes",
        model(),
        steps,
        6,
        24,
        2,
        1e-2,
        optimizer(),
        2,
        panel(2),
        SEED,
        NUMERICS);
  }

  /** The same with documents of a file. */
  static PretrainSpec withData(PretrainSpec spec, String file) {
    return new PretrainSpec(
        new DataSource.File(file, "", 0),
        Optional.empty(),
        spec.tokenizer(),
        spec.model(),
        spec.steps(),
        spec.batchRows(),
        spec.rowTokens(),
        spec.microBatchRows(),
        spec.learningRate(),
        spec.optimizer(),
        spec.evaluateEverySteps(),
        spec.panel(),
        spec.seed(),
        spec.numerics());
  }

  static PretrainSpec withTokenizer(PretrainSpec spec, String tokenizer) {
    return new PretrainSpec(
        spec.data(),
        spec.heldout(),
        tokenizer,
        spec.model(),
        spec.steps(),
        spec.batchRows(),
        spec.rowTokens(),
        spec.microBatchRows(),
        spec.learningRate(),
        spec.optimizer(),
        spec.evaluateEverySteps(),
        spec.panel(),
        spec.seed(),
        spec.numerics());
  }

  static DataSource demonstrations(int rows) {
    return synthetic("kind-notes/demonstrations", 0, rows);
  }

  static SftSpec sft(DataSource data, double epochs, Optional<Integer> steps) {
    return new SftSpec(
        Input.parse("base"),
        data,
        Optional.of(synthetic("kind-notes/demonstrations", 200, 4)),
        "final",
        epochs,
        steps,
        8,
        3,
        64,
        5e-3,
        optimizer(),
        2,
        panel(2),
        SEED,
        NUMERICS);
  }

  static SftSpec withHeldout(SftSpec spec, DataSource heldout) {
    return new SftSpec(
        spec.init(),
        spec.data(),
        Optional.of(heldout),
        spec.turns(),
        spec.epochs(),
        spec.steps(),
        spec.batchSize(),
        spec.microBatch(),
        spec.rowTokens(),
        spec.learningRate(),
        spec.optimizer(),
        spec.evaluateEverySteps(),
        spec.panel(),
        spec.seed(),
        spec.numerics());
  }

  static LabellerSpec labeller(double noise, double tieBand) {
    return new LabellerSpec("gold", new Method("kind-notes", Map.of()), noise, tieBand);
  }

  static PreferencesSpec preferences(
      int prompts, int completionsPerPrompt, LabellerSpec labeller, Map<String, Integer> split) {
    return new PreferencesSpec(
        Input.parse("base"),
        synthetic("kind-notes/prompts", 0, prompts),
        completionsPerPrompt,
        SAMPLING,
        labeller,
        split,
        SEED,
        NUMERICS);
  }

  static RewardModelSpec rewardModel(Optional<Input> test, double epochs) {
    return new RewardModelSpec(
        Input.parse("base"),
        Input.parse("pairs.train"),
        test,
        new Method("bradley-terry", Map.of()),
        epochs,
        4,
        2,
        96,
        5e-3,
        optimizer(),
        2,
        SEED,
        NUMERICS);
  }

  static PreferenceTuningSpec preferenceTuning(String reference, int steps) {
    return new PreferenceTuningSpec(
        Input.parse("base"),
        Input.parse(reference),
        Input.parse("pairs.train"),
        Optional.of(Input.parse("pairs.test")),
        new Method("dpo", Map.of()),
        1,
        Optional.of(steps),
        5,
        2,
        48,
        5e-3,
        optimizer(),
        2,
        panel(2),
        SEED,
        NUMERICS);
  }

  static RewardModelSpec withSeed(RewardModelSpec spec, long seed) {
    return new RewardModelSpec(
        spec.init(),
        spec.pairs(),
        spec.test(),
        spec.loss(),
        spec.epochs(),
        spec.batchPairs(),
        spec.microBatchPairs(),
        spec.rowTokens(),
        spec.learningRate(),
        spec.optimizer(),
        spec.evaluateEverySteps(),
        seed,
        spec.numerics());
  }
}
