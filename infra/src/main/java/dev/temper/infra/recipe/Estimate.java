package dev.temper.infra.recipe;

import com.sun.management.OperatingSystemMXBean;
import dev.temper.recipes.BestOfNSpec;
import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.Input;
import dev.temper.recipes.ModelSpec;
import dev.temper.recipes.PreferenceTuningSpec;
import dev.temper.recipes.PreferencesSpec;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.Recipe;
import dev.temper.recipes.RewardModelSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.StageInputs;
import dev.temper.recipes.StageSpec;
import dev.temper.recipes.SuiteSpec;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a stage will cost, from its spec alone: upper bounds and rules of thumb, not promises.
 *
 * @param trainedTokens that gradients are taken of, at most
 * @param sampledTokens that are generated, at most
 * @param memoryBytes weights, gradients, moments and activations at a time
 * @param diskBytes checkpoints and artifact
 */
public record Estimate(long trainedTokens, long sampledTokens, long memoryBytes, long diskBytes) {

  private static final Estimate NOTHING = new Estimate(0, 0, 0, 0);

  /** The process with its libraries, before any model. */
  private static final long PROCESS_BYTES = 700L << 20;

  private static final int FLOAT = 4;

  /** Weights, gradients and two moments. */
  private static final int TRAINED_COPIES = 4;

  /** Two checkpoints at a time and the artifact. */
  private static final int KEPT_COPIES = 2 * 3 + 1;

  private record Tokens(long trained, long sampled, int rowsAtOnce, int rowTokens) {}

  private static final Map<Class<? extends StageSpec>, Function<StageSpec, Tokens>> TOKENS =
      Map.of(
          PretrainSpec.class, spec -> pretraining((PretrainSpec) spec),
          SftSpec.class, spec -> fineTuning((SftSpec) spec),
          RewardModelSpec.class, spec -> rewardModel((RewardModelSpec) spec),
          PreferenceTuningSpec.class, spec -> preferenceTuning((PreferenceTuningSpec) spec),
          PreferencesSpec.class,
              spec -> {
                PreferencesSpec s = (PreferencesSpec) spec;
                long rows = (long) rows(s.prompts()) * s.completionsPerPrompt();
                return sampling(rows, s.sampling());
              },
          RolloutsSpec.class,
              spec -> {
                RolloutsSpec s = (RolloutsSpec) spec;
                return sampling((long) rows(s.prompts()) * s.completionsPerPrompt(), s.sampling());
              },
          BestOfNSpec.class,
              spec -> {
                BestOfNSpec s = (BestOfNSpec) spec;
                return sampling((long) rows(s.prompts()) * s.samples(), s.sampling());
              },
          RlSpec.class, spec -> reinforcement((RlSpec) spec),
          EvaluationSpec.class, spec -> evaluation((EvaluationSpec) spec));

  /** What each stage will cost, by its name. */
  public static Map<String, Estimate> of(Recipe recipe) {
    Map<String, ModelSpec> models = models(recipe);
    Map<String, Stage> stages = new HashMap<>();
    recipe.stages().forEach(stage -> stages.put(stage.name(), stage));
    Map<String, Estimate> estimates = new HashMap<>();
    for (Stage stage : recipe.stages()) {
      estimates.put(
          stage.name(),
          Optional.ofNullable(models.get(stage.name()))
              .map(model -> of(stage.spec(), model, stages))
              .orElse(NOTHING));
    }
    return estimates;
  }

  /** The most that two stages at a time take. */
  static long memoryBytes(Recipe recipe) {
    return PROCESS_BYTES
        + of(recipe).values().stream()
            .map(Estimate::memoryBytes)
            .sorted(java.util.Comparator.reverseOrder())
            .limit(2)
            .mapToLong(Long::longValue)
            .sum();
  }

  static long memoryOfMachine() {
    OperatingSystemMXBean machine =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return machine.getTotalMemorySize();
  }

  /** {@code 1.4 GB}. */
  public static String bytes(long bytes) {
    return bytes >= 1L << 30
        ? String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1L << 30))
        : String.format(Locale.ROOT, "%.0f MB", bytes / (double) (1L << 20));
  }

  private static Estimate of(StageSpec spec, ModelSpec model, Map<String, Stage> stages) {
    Tokens tokens =
        spec instanceof CurveSpec curve
            ? curve(curve, stages)
            : TOKENS.getOrDefault(spec.getClass(), other -> new Tokens(0, 0, 1, 1)).apply(spec);
    long weights = parameters(model) * FLOAT;
    boolean trains = tokens.trained() > 0;
    long activations =
        (long) tokens.rowsAtOnce()
            * tokens.rowTokens()
            * model.layers()
            * (12L * model.width() + 3L * model.feedForward() + 2L * tokens.rowTokens())
            * FLOAT
            * Runtime.getRuntime().availableProcessors();
    long snapshots =
        spec instanceof RlSpec rl ? rl.steps() / Math.max(1, rl.snapshotEverySteps()) + 2 : 0;
    return new Estimate(
        tokens.trained(),
        tokens.sampled(),
        weights * (trains ? TRAINED_COPIES : 1) + activations,
        trains ? weights * (KEPT_COPIES + snapshots) : tokens.sampled() * 2 * FLOAT);
  }

  /** The shape of the model that a stage works on: that of the first stage it comes from. */
  private static Map<String, ModelSpec> models(Recipe recipe) {
    Map<String, ModelSpec> models = new HashMap<>();
    for (Stage stage : recipe.stages()) {
      if (stage.spec() instanceof PretrainSpec pretrain) {
        models.put(stage.name(), pretrain.model());
        continue;
      }
      for (Input input : StageInputs.of(stage.spec())) {
        ModelSpec model = models.get(input.stage());
        if (model != null) {
          models.putIfAbsent(stage.name(), model);
        }
      }
    }
    return models;
  }

  private static long parameters(ModelSpec model) {
    long width = model.width();
    long headWidth = width / model.heads();
    long attention = 2 * width * width + 2 * width * model.kvHeads() * headWidth;
    long layer = attention + 3 * width * model.feedForward() + 2 * width;
    long vocabulary = 256L * width * (model.tiedHead() ? 1 : 2);
    return model.layers() * layer + vocabulary;
  }

  private static Tokens pretraining(PretrainSpec s) {
    return new Tokens(
        (long) s.steps() * s.batchRows() * s.rowTokens(), 0, s.microBatchRows(), s.rowTokens());
  }

  private static Tokens fineTuning(SftSpec s) {
    long rows =
        s.steps()
            .map(steps -> (long) steps * s.batchSize())
            .orElse(Math.round(s.epochs() * rows(s.data())));
    return new Tokens(rows * s.rowTokens(), 0, s.microBatch(), s.rowTokens());
  }

  private static Tokens rewardModel(RewardModelSpec s) {
    // How many pairs there are is known once they are labelled.
    return new Tokens(
        Math.round(s.epochs() * s.batchPairs() * 2.0 * s.rowTokens()),
        0,
        2 * s.microBatchPairs(),
        s.rowTokens());
  }

  private static Tokens preferenceTuning(PreferenceTuningSpec s) {
    // As of a reward model; with steps the pairs are known.
    double pairs =
        s.steps().map(steps -> (double) steps * s.batchPairs()).orElse(s.epochs() * s.batchPairs());
    return new Tokens(
        Math.round(pairs * 2.0 * s.rowTokens()), 0, 2 * s.microBatchPairs(), s.rowTokens());
  }

  private static Tokens reinforcement(RlSpec s) {
    long sampled =
        (long) s.steps()
            * s.promptsPerStep()
            * s.completionsPerPrompt()
            * s.sampling().maxCompletionTokens();
    return new Tokens(sampled * s.epochsPerBatch(), sampled, s.microBatch(), s.rowTokens());
  }

  private static Tokens curve(CurveSpec s, Map<String, Stage> stages) {
    long points =
        stages.get(s.policies().stage()).spec() instanceof RlSpec rl
            ? rl.steps() / Math.max(1, rl.snapshotEverySteps()) + 1
            : 1;
    return sampling(points * rows(s.prompts()) * s.samplesPerPrompt(), s.sampling());
  }

  private static Tokens evaluation(EvaluationSpec s) {
    long sampled = 0;
    int chunk = 1;
    for (SuiteSpec suite : s.suites()) {
      long rows = suite.data().map(Estimate::rows).orElse(0);
      sampled += rows * s.models().size() * suite.sampling().maxCompletionTokens();
      chunk = Math.max(chunk, suite.sampling().slots());
    }
    return new Tokens(0, sampled, chunk, 1);
  }

  private static Tokens sampling(long completions, dev.temper.recipes.SamplingSpec sampling) {
    return new Tokens(
        0,
        completions * sampling.maxCompletionTokens(),
        sampling.slots(),
        sampling.maxCompletionTokens());
  }

  /** Of a file without a limit, and of another stage's output, the number is not known here. */
  private static int rows(DataSource source) {
    if (source instanceof DataSource.Synthetic synthetic) {
      return synthetic.rows();
    }
    if (source instanceof DataSource.Mixture mixture) {
      return mixture.mixture().stream().mapToInt(part -> rows(part.source())).sum();
    }
    return source instanceof DataSource.File file ? file.limit() : 0;
  }
}
