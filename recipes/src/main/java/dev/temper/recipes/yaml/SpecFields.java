package dev.temper.recipes.yaml;

import static dev.temper.recipes.yaml.Default.estimator;
import static dev.temper.recipes.yaml.Default.recipeNumerics;
import static dev.temper.recipes.yaml.Default.recipeSeed;
import static dev.temper.recipes.yaml.Default.referenceOf;
import static dev.temper.recipes.yaml.Default.sameAs;
import static dev.temper.recipes.yaml.Default.stageSeed;
import static dev.temper.recipes.yaml.Field.field;
import static dev.temper.recipes.yaml.Rule.atLeast;
import static dev.temper.recipes.yaml.Rule.inClosed;
import static dev.temper.recipes.yaml.Rule.inHalfOpen;
import static dev.temper.recipes.yaml.Rule.inOpen;
import static dev.temper.recipes.yaml.Rule.inUpperClosed;
import static dev.temper.recipes.yaml.Rule.matching;
import static dev.temper.recipes.yaml.Rule.oneOf;
import static dev.temper.recipes.yaml.Rule.positive;

import dev.temper.recipes.BestOfNSpec;
import dev.temper.recipes.ComparisonsSpec;
import dev.temper.recipes.CurveSpec;
import dev.temper.recipes.DataSource;
import dev.temper.recipes.EmaSpec;
import dev.temper.recipes.EndSpec;
import dev.temper.recipes.EvaluationSpec;
import dev.temper.recipes.ImportSpec;
import dev.temper.recipes.KlSpec;
import dev.temper.recipes.LabellerSpec;
import dev.temper.recipes.LoraSpec;
import dev.temper.recipes.Method;
import dev.temper.recipes.ModelSpec;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.PanelSpec;
import dev.temper.recipes.PeakSpec;
import dev.temper.recipes.PreferenceTuningSpec;
import dev.temper.recipes.PreferencesSpec;
import dev.temper.recipes.PretrainSpec;
import dev.temper.recipes.Product;
import dev.temper.recipes.RejectionSamplingSpec;
import dev.temper.recipes.RewardModelSpec;
import dev.temper.recipes.RlSpec;
import dev.temper.recipes.RolloutsSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.recipes.Seeds;
import dev.temper.recipes.ServerSpec;
import dev.temper.recipes.SftSpec;
import dev.temper.recipes.Stage;
import dev.temper.recipes.SuiteSpec;
import java.util.List;
import java.util.Map;

/**
 * Default, rule, method family and kind of input of every component of every spec record, in the
 * order of the components. The reader, the writer's reader and the JSON Schema all follow it; rules
 * that concern several components are in {@link SpecChecks}.
 */
final class SpecFields {

  private static final Rule LEARNING_RATE = inOpen(0, 1);
  private static final Rule SEED = inClosed(0, Seeds.MAXIMUM);
  private static final Rule SHARE = inClosed(0, 1);

  /** Nothing before an '@' and nothing behind a '?': a recipe is no place for secrets. */
  private static final Rule SERVER_URL =
      matching(
          "https?://[^\\s/?#@]+(/[^\\s?#@]*)?",
          "a URL such as http://127.0.0.1:8000/v1, without user, query and fragment");

  static final Rule NAME =
      matching("[a-z][a-z0-9-]*", "lower-case letters, digits and '-', a letter first");

  private static final Map<Class<?>, List<Field>> TABLE =
      Map.ofEntries(
          Map.entry(
              PretrainSpec.class,
              List.of(
                  field("data"),
                  field("heldout"),
                  field("tokenizer").or("kind-notes").is(oneOf("kind-notes")),
                  field("model").or("{}"),
                  field("steps").is(atLeast(1)),
                  field("batchRows").or("16").is(atLeast(1)),
                  field("rowTokens").or("64").is(atLeast(8)),
                  field("microBatchRows").or("8").is(atLeast(1)),
                  field("learningRate").is(LEARNING_RATE),
                  field("optimizer").or("{warmupSteps: 20, weightDecay: 0.01}"),
                  field("evaluateEverySteps").or("100").is(atLeast(1)),
                  field("panel").or("{everySteps: 200}"),
                  seed(),
                  numerics())),
          Map.entry(
              ImportSpec.class, List.of(field("model"), field("adapter"), seed(), numerics())),
          Map.entry(
              SftSpec.class,
              List.of(
                  field("init").input(Product.POLICY),
                  field("data"),
                  field("heldout"),
                  field("turns").or("final").is(oneOf("final", "all", "unrolled")),
                  field("epochs").or("1.0").is(positive()),
                  field("steps").is(atLeast(1)),
                  field("batchSize").or("32").is(atLeast(1)),
                  field("microBatch").or("16").is(atLeast(1)),
                  field("rowTokens").or("256").is(atLeast(8)),
                  field("learningRate").is(LEARNING_RATE),
                  field("optimizer").or("{}"),
                  field("evaluateEverySteps").or("20").is(atLeast(1)),
                  field("panel").or("{}"),
                  seed(),
                  numerics())),
          Map.entry(
              PreferencesSpec.class,
              List.of(
                  field("policy").input(Product.POLICY),
                  field("prompts"),
                  field("completionsPerPrompt").or("2").is(inClosed(2, 65535)),
                  field("sampling").or("{}"),
                  field("labeller"),
                  field("split").is(atLeast(1)),
                  seed(),
                  numerics())),
          Map.entry(
              ComparisonsSpec.class,
              List.of(
                  field("policy").input(Product.POLICY),
                  field("data"),
                  field("split").is(atLeast(1)),
                  seed(),
                  numerics())),
          Map.entry(
              RewardModelSpec.class,
              List.of(
                  field("init").input(Product.POLICY),
                  field("pairs").input(Product.PAIRS),
                  field("test").input(Product.PAIRS),
                  field("loss").or("{name: bradley-terry}").methodOf("reward-loss"),
                  field("epochs").or("1.0").is(positive()),
                  field("batchPairs").or("32").is(atLeast(1)),
                  field("microBatchPairs").or("16").is(atLeast(1)),
                  field("rowTokens").or("256").is(atLeast(8)),
                  field("learningRate").is(LEARNING_RATE),
                  field("optimizer").or("{}"),
                  field("evaluateEverySteps").or("10").is(atLeast(1)),
                  seed(),
                  numerics())),
          Map.entry(
              PreferenceTuningSpec.class,
              List.of(
                  field("init").input(Product.POLICY),
                  field("reference").or(sameAs("init")).input(Product.POLICY),
                  field("pairs").input(Product.PAIRS),
                  field("test").input(Product.PAIRS),
                  field("loss").or("{name: dpo}").methodOf("preference-loss"),
                  field("epochs").or("1.0").is(positive()),
                  field("steps").is(atLeast(1)),
                  field("batchPairs").or("32").is(atLeast(1)),
                  field("microBatchPairs").or("8").is(atLeast(1)),
                  field("rowTokens").or("256").is(atLeast(8)),
                  field("learningRate").is(LEARNING_RATE),
                  field("optimizer").or("{}"),
                  field("evaluateEverySteps").or("10").is(atLeast(1)),
                  field("panel").or("{}"),
                  seed(),
                  numerics())),
          Map.entry(
              RolloutsSpec.class,
              List.of(
                  field("policy").input(Product.POLICY),
                  field("reward").input(Product.REWARD_MODEL),
                  field("verifiers").or("[]").methodOf("verifier"),
                  field("gold").methodOf("gold"),
                  field("prompts"),
                  field("completionsPerPrompt").is(inClosed(1, 65535)),
                  field("sampling").or("{}"),
                  seed(),
                  numerics())),
          Map.entry(
              RejectionSamplingSpec.class,
              List.of(
                  field("rollouts").input(Product.ROLLOUTS),
                  field("select").or("{name: top-per-prompt}").methodOf("selection"),
                  field("k").is(atLeast(1)),
                  field("requireEnd").or("true"),
                  seed(),
                  numerics())),
          Map.entry(
              BestOfNSpec.class,
              List.of(
                  field("policy").input(Product.POLICY),
                  field("proxy").input(Product.REWARD_MODEL),
                  field("heldout").input(Product.REWARD_MODEL),
                  field("gold").methodOf("gold"),
                  field("prompts"),
                  field("n").or("[1, 2, 4, 8, 16, 32, 64]").is(atLeast(1)),
                  field("samples").or("128").is(inClosed(2, 65535)),
                  field("sampling").or("{}"),
                  seed(),
                  numerics())),
          Map.entry(
              RlSpec.class,
              List.of(
                  field("init").input(Product.POLICY),
                  field("reference").or(sameAs("init")).input(Product.POLICY),
                  field("reward").input(Product.REWARD_MODEL),
                  field("verifiers").or("[]").methodOf("verifier"),
                  field("prompts"),
                  field("steps").is(atLeast(1)),
                  field("promptsPerStep").or("16").is(atLeast(1)),
                  field("completionsPerPrompt").or("4").is(inClosed(1, 65535)),
                  field("optimizerStepsPerBatch").or("2").is(atLeast(1)),
                  field("epochsPerBatch").or("1").is(atLeast(1)),
                  field("microBatch").or("16").is(atLeast(1)),
                  field("rowTokens").or("256").is(atLeast(8)),
                  field("sampling").or("{}"),
                  field("advantage").or("{name: rloo}").methodOf("advantage"),
                  field("loss").or("{name: ppo-clip}").methodOf("policy-loss"),
                  field("kl").or("{}"),
                  field("end").or("{}"),
                  field("snapshotEverySteps").or("5").is(atLeast(1)),
                  field("learningRate").is(LEARNING_RATE),
                  field("optimizer").or("{schedule: constant}"),
                  field("panel").or("{}"),
                  seed(),
                  numerics())),
          Map.entry(
              CurveSpec.class,
              List.of(
                  field("policies").input(Product.SNAPSHOTS),
                  field("reference").or(referenceOf("policies")).input(Product.POLICY),
                  field("proxy").input(Product.REWARD_MODEL),
                  field("heldout").input(Product.REWARD_MODEL),
                  field("gold").methodOf("gold"),
                  field("prompts"),
                  field("samplesPerPrompt").or("1").is(atLeast(1)),
                  field("peak").or("{}"),
                  field("sampling").or("{}"),
                  seed(),
                  numerics())),
          Map.entry(
              EvaluationSpec.class,
              List.of(
                  field("models").input(Product.POLICY),
                  field("rewardModels").or("[]").input(Product.REWARD_MODEL),
                  field("suites"),
                  field("bootstrapResamples").or("1000").is(atLeast(1)),
                  seed(),
                  numerics())),
          Map.entry(
              SuiteSpec.class,
              List.of(
                  field("name").is(NAME),
                  field("data"),
                  field("metrics")
                      .is(
                          oneOf(
                              "exact-match",
                              "gold",
                              "likelihood",
                              "termination",
                              "length",
                              "distinct-1",
                              "distinct-2",
                              "reward-accuracy")),
                  field("gold").methodOf("gold"),
                  field("verifier").methodOf("verifier"),
                  field("pairs").input(Product.PAIRS),
                  field("sampling").or("{}"))),
          Map.entry(
              ModelSpec.class,
              List.of(
                  field("architecture").or("llama").is(oneOf("llama")),
                  field("width").or("64").is(atLeast(1)),
                  field("layers").or("2").is(atLeast(1)),
                  field("heads").or("8").is(atLeast(1)),
                  field("kvHeads").or(sameAs("heads", "8")).is(atLeast(1)),
                  field("feedForward").or("160").is(atLeast(1)),
                  field("tiedHead").or("true"),
                  field("ropeTheta").or("10000.0").is(positive()),
                  field("maxPositions").or("512").is(atLeast(8)),
                  field("embeddingInit").or("0.125").is(positive()))),
          Map.entry(
              OptimizerSpec.class,
              List.of(
                  field("schedule").or("cosine").is(oneOf("constant", "cosine", "linear", "wsd")),
                  field("warmupSteps").or("10").is(atLeast(0)),
                  field("floor").or("0.1").is(SHARE),
                  field("weightDecay").or("0.0").is(inHalfOpen(0, 1)),
                  field("beta1").or("0.9").is(inHalfOpen(0, 1)),
                  field("beta2").or("0.95").is(inHalfOpen(0, 1)),
                  field("epsilon").or("1.0e-8").is(positive()),
                  field("maxGradientNorm").or("1.0").is(atLeast(0)),
                  field("name").or("adamw").is(oneOf("adafactor", "adamw")),
                  field("decayShare").or("0.2").is(SHARE),
                  field("lora"),
                  field("ema"))),
          Map.entry(EmaSpec.class, List.of(field("decay").or("0.999").is(inHalfOpen(0, 1)))),
          Map.entry(
              LoraSpec.class,
              List.of(
                  field("rank").or("16").is(inClosed(1, 65535)),
                  field("alpha").or("32.0").is(positive()),
                  field("targets")
                      .or("[q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj]"),
                  field("rankStabilized").or("false"))),
          Map.entry(
              SamplingSpec.class,
              List.of(
                  field("temperature").or("1.0").is(atLeast(0)),
                  field("maxCompletionTokens").or("48").is(inClosed(1, 65535)),
                  field("chunkSequences").or("64").is(atLeast(1)),
                  field("slots").or("32").is(atLeast(1)),
                  field("topK").or("0").is(atLeast(0)),
                  field("topP").or("1.0").is(inUpperClosed(0, 1)),
                  field("minP").or("0.0").is(inHalfOpen(0, 1)),
                  field("server"))),
          Map.entry(
              ServerSpec.class,
              List.of(
                  field("url").is(SERVER_URL),
                  field("model").is(matching("\\S+", "a name without spaces")),
                  field("api").or("completions").is(oneOf("chat", "completions")),
                  field("concurrency").or("8").is(inClosed(1, 1024)),
                  field("timeoutSeconds").or("120.0").is(positive()))),
          Map.entry(
              PanelSpec.class,
              List.of(
                  field("prompts"),
                  field("rows").or("8").is(atLeast(0)),
                  field("everySteps").or("20").is(atLeast(1)),
                  field("sampling").or("{}"))),
          Map.entry(
              KlSpec.class,
              List.of(
                  field("in").or("reward").is(oneOf("none", "reward", "loss")),
                  field("estimator").or(estimator()).is(oneOf("k1", "k2", "k3")),
                  field("scale").or("sum").is(oneOf("sum", "token-mean")),
                  field("beta").or("0.0").is(atLeast(0)))),
          Map.entry(
              EndSpec.class,
              List.of(
                  field("missing").or("score").is(oneOf("score", "penalty", "mask")),
                  field("penalty").or("0.0"))),
          Map.entry(
              PeakSpec.class,
              List.of(
                  field("rule")
                      .or("heldout-minus-kl")
                      .is(oneOf("heldout-minus-kl", "proxy-minus-kl", "kl-budget", "last")),
                  field("lambda").or("0.08").is(atLeast(0)),
                  field("budget").or("10.0").is(positive()))),
          Map.entry(
              LabellerSpec.class,
              List.of(
                  field("kind").or("gold").is(oneOf("gold")),
                  field("gold").methodOf("gold"),
                  field("noise").or("0.7").is(atLeast(0)),
                  field("tieBand").or("0.0").is(atLeast(0)))),
          Map.entry(
              Numerics.class,
              List.of(
                  field("format").or("float32").is(oneOf("float32", "bfloat16")),
                  field("device").or("cpu").is(oneOf("cpu", "cuda")),
                  field("recompute"))),
          Map.entry(Method.class, List.of(field("name"), field("parameters"))),
          Map.entry(
              DataSource.Synthetic.class,
              List.of(
                  field("synthetic"),
                  field("from").or("0").is(atLeast(0)),
                  field("rows").is(atLeast(1)),
                  field("seed").or(recipeSeed()).is(SEED),
                  field("parameters"))),
          Map.entry(
              DataSource.File.class,
              List.of(
                  field("file").is(matching(".+", "a path")),
                  field("sha256").or("''").is(matching("|[0-9a-f]{64}", "64 hexadecimal digits")),
                  field("limit").or("0").is(atLeast(0)),
                  field("format").is(NAME),
                  field("shape").is(NAME),
                  field("columns").is(matching(".+", "the name of a column")),
                  field("pairing").is(NAME),
                  field("seed").is(SEED))),
          Map.entry(
              DataSource.Mixture.class,
              List.of(field("mixture"), field("seed").or(recipeSeed()).is(SEED))),
          Map.entry(
              DataSource.Part.class,
              List.of(
                  field("source"),
                  field("weight").is(positive()),
                  field("cap").or("0").is(atLeast(0)))),
          Map.entry(
              StageSettings.class,
              List.of(
                  field("queue").or("''"),
                  field("checkpointEverySteps").or("0").is(atLeast(0)),
                  field("retry").or("{}"),
                  field("gate"),
                  field("timeouts"),
                  field("seedOf"))),
          Map.entry(
              Stage.Timeouts.class,
              List.of(
                  field("heartbeatSeconds").is(positive()),
                  field("attemptSeconds").is(positive()))),
          Map.entry(
              Stage.RetrySpec.class,
              List.of(
                  field("initialSeconds").or("1.0").is(positive()),
                  field("maximumSeconds").or("60.0").is(positive()),
                  field("attemptsWithoutProgress").or("3").is(atLeast(1)))),
          Map.entry(Stage.Gate.class, List.of(field("metric"), field("min"), field("max"))),
          Map.entry(
              RecipeSettings.class,
              List.of(
                  field("name").is(NAME),
                  field("description").or("''"),
                  field("seed").or("0").is(SEED))));

  private SpecFields() {}

  /** The fields of a record, in the order of its components. */
  static List<Field> of(Class<?> type) {
    List<Field> fields = TABLE.get(type);
    if (fields == null) {
      throw new IllegalArgumentException("no fields are declared for " + type.getName());
    }
    return fields;
  }

  /** Whether a record is read by this table. */
  static boolean knows(Class<?> type) {
    return TABLE.containsKey(type);
  }

  private static Field seed() {
    return field("seed").or(stageSeed()).is(SEED);
  }

  private static Field numerics() {
    return field("numerics").or(recipeNumerics());
  }
}
