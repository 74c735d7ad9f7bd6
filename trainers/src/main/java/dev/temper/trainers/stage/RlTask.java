package dev.temper.trainers.stage;

import dev.temper.recipes.KlSpec;
import dev.temper.recipes.Method;
import dev.temper.recipes.RlSpec;
import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Inspectable;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageContext;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.advantage.Advantage;
import dev.temper.trainers.advantage.Advantages;
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.estimate.Means;
import dev.temper.trainers.loss.PolicyLoss;
import dev.temper.trainers.loss.PolicyLosses;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Reinforces a policy. One step: sample groups of completions, score them, turn the scores into
 * advantages, and take the optimizer steps that the batch gives.
 *
 * <p>A checkpoint holds {@code policy/}, {@code optimizer/}, {@code snapshots/}, {@code samples/},
 * {@code progress.json} and {@code coefficients.json}. Coefficients that a controller adapts stand
 * there by name, and a value model would add {@code value/} and {@code value-optimizer/}: neither
 * changes what is there.
 */
final class RlTask implements StepwiseTask, Inspectable {
  private static final String COEFFICIENTS = "coefficients.json";
  private static final List<String> KL_PLACES = List.of("none", "reward", "loss");

  /** Largest believed difference between sampler and learner, in nats, by number format. */
  private static final Map<String, Double> SAMPLER_GAP_LIMITS =
      Map.of("float32", 1e-3, "bfloat16", 0.5);

  private final RlSpec spec;
  private final ModelFolder.Policy policy;
  private final LanguageModel reference;
  private final Learner learner;
  private final Reward reward;
  private final Advantage advantage;
  private final PromptOrder prompts;
  private final PromptSampler sampler;
  private final PolicyUpdate update;
  private final SamplePanel panel;
  private final Snapshots snapshots;
  private final Chunks samples;
  private final Progress progress;
  private final Opened opened;
  private final Coefficients coefficients;
  private final StepAtHand atHand = new StepAtHand();

  private RlTask(RlSpec spec, StageContext context, Optional<CheckpointReader> from, Opened opened)
      throws IOException {
    requireValid(spec);
    this.spec = spec;
    this.opened = opened;
    Engine engine = new Engine(context.compute(), spec.numerics());
    DataSources sources = new DataSources(context.inputs());
    List<Prompt> trained = sources.prompts(spec.prompts());
    Path init = context.inputs().folder(spec.init());
    Path referenceFolder = context.inputs().folder(spec.reference());
    Tokenizer tokenizer = opened.keep(Tokenizer.load(init), Tokenizer::close);
    SameTokens.require(tokenizer, referenceFolder, "reference");
    LanguageModel model =
        opened.keep(
            from.isPresent()
                ? LanguageModel.restore(engine, from.get(), "policy/")
                : LanguageModel.load(engine, init),
            LanguageModel::close);
    this.policy = new ModelFolder.Policy(model, tokenizer, new ChatFormat(tokenizer));
    this.reference = opened.keep(LanguageModel.load(engine, referenceFolder), LanguageModel::close);
    this.learner =
        opened.keep(
            Learner.of(engine, model, spec.optimizer(), spec.sampling().temperature(), spec.seed()),
            Learner::close);
    this.reward =
        opened.keep(
            Reward.open(
                engine,
                context.inputs(),
                tokenizer,
                spec.reward(),
                spec.verifiers(),
                spec.sampling().chunkSequences()),
            Reward::close);
    this.advantage = Advantages.create(spec.advantage());
    this.prompts =
        new PromptOrder(
            trained, spec.promptsPerStep(), spec.steps(), new NamedRandom(spec.seed(), "prompts"));
    this.sampler = new PromptSampler(spec.sampling(), new NamedRandom(spec.seed(), "rollouts"));
    this.update =
        new PolicyUpdate(
            learner,
            spec,
            PolicyLosses.aggregation(spec.loss()),
            SAMPLER_GAP_LIMITS.getOrDefault(spec.numerics().format(), 1e-3),
            atHand);
    this.panel = SamplePanel.of(spec.panel(), trained, sources, spec.seed());
    this.snapshots = new Snapshots(spec.steps(), spec.snapshotEverySteps());
    if (from.isPresent()) {
      CheckpointReader checkpoint = from.get();
      learner.restore(checkpoint, "optimizer/");
      snapshots.restore(checkpoint, model.fileNames());
      this.samples = Chunks.restore("samples", checkpoint);
      this.progress = Progress.restore(checkpoint);
      this.coefficients = JsonLines.object(checkpoint.read(COEFFICIENTS), Coefficients.class);
    } else {
      snapshots.offer(0, model, learner);
      this.samples = new Chunks("samples");
      this.progress = Progress.start();
      this.coefficients = new Coefficients(Map.of(Coefficients.KL_BETA, spec.kl().beta()));
    }
  }

  private static void requireValid(RlSpec spec) {
    require(
        spec.sampling().temperature() > 0,
        "sampling.temperature must be > 0, got %s (a greedy policy explores nothing)"
            .formatted(spec.sampling().temperature()));
    require(
        spec.sampling().server().isEmpty(),
        "sampling must have no server (it does not have the weights that are trained)");
    require(
        KL_PLACES.contains(spec.kl().in()),
        "kl.in must be one of %s, got '%s'".formatted(KL_PLACES, spec.kl().in()));
    require(
        MissingEnd.names().contains(spec.end().missing()),
        "end.missing must be one of %s, got '%s'"
            .formatted(MissingEnd.names(), spec.end().missing()));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new StageFailure(StageFailure.Type.INVALID_SPEC, message);
    }
  }

  static StepwiseTask open(RlSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return Opened.all(opened -> new RlTask(spec, context, from, opened));
  }

  /** The loss, with KL in it where the spec says so. */
  private PolicyLoss loss() {
    Map<String, Object> parameters = new TreeMap<>(spec.loss().parameters());
    if (spec.kl().in().equals("loss")) {
      parameters.put("klBeta", coefficients.klBeta());
      parameters.put("klEstimator", spec.kl().estimator());
    }
    return PolicyLosses.create(new Method(spec.loss().name(), parameters));
  }

  @Override
  public long step() {
    return progress.step();
  }

  @Override
  public long totalSteps() {
    return spec.steps();
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    Map<String, Double> metrics = new TreeMap<>();
    if (step() == 0) {
      look(pulse).forEach((name, value) -> metrics.put(name + "_start", value));
    }
    List<Answer> answers =
        sampler.sample(policy, prompts.at(step()), spec.completionsPerPrompt(), step(), pulse);
    List<float[]> old = Answer.logProbs(answers);
    List<float[]> referred =
        reference.logProbs(
            Answer.sequences(answers),
            spec.sampling().temperature(),
            spec.sampling().chunkSequences(),
            pulse);
    KlSpec kl =
        new KlSpec(spec.kl().in(), spec.kl().estimator(), spec.kl().scale(), coefficients.klBeta());
    Reward.Scores scores = reward.score(answers, pulse);
    atHand.begin(step() + 1, () -> lines(answers, scores));
    ShapedRewards rewards = ShapedRewards.of(answers, scores, old, referred, spec.end(), kl);
    double[][] groups = Groups.of(rewards.total(), spec.completionsPerPrompt());
    RolloutBatch batch =
        new RolloutBatch(
            answers,
            old,
            referred,
            rewards.total(),
            Arrays.stream(advantage.compute(groups)).flatMapToDouble(Arrays::stream).toArray(),
            rewards.trained());
    metrics.putAll(update.apply(batch, loss(), step(), pulse));
    metrics.putAll(rewards.metrics());
    metrics.put("rollout/zero_variance_groups", ShapedRewards.withoutContrast(groups));
    metrics.putAll(RolloutMetrics.of(answers));
    metrics.put("kl/k1", Means.of(CompletionKl.sums("k1", old, referred)));
    metrics.put("kl/k3", Means.of(CompletionKl.sums("k3", old, referred)));
    metrics.put("kl/beta", coefficients.klBeta());
    progress.finishedStep();
    snapshots.offer(step(), policy.model(), learner);
    metrics.putAll(look(pulse));
    progress.remember(metrics);
    return new StepReport(metrics);
  }

  private static List<RolloutLine> lines(List<Answer> answers, Reward.Scores scores) {
    return IntStream.range(0, answers.size())
        .mapToObj(i -> RolloutLine.scored(answers.get(i), scores.total()[i]))
        .toList();
  }

  private Map<String, Double> look(Pulse pulse) throws IOException {
    if (!panel.due(step(), totalSteps())) {
      return Map.of();
    }
    SamplePanel.Look look = panel.sample(policy, step(), pulse);
    samples.add(look.lines());
    return look.metrics();
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    policy.model().save(out, "policy/");
    learner.save(out, "optimizer/");
    snapshots.save(out);
    samples.save(out);
    progress.save(out);
    out.put(COEFFICIENTS, JsonLines.object(coefficients));
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    Map<String, String> outputs = snapshots.write(out, policy.tokenizer());
    learner.onResult(
        () -> {
          ModelFolder.writeAdapter(out, learner);
          return out;
        });
    out.attachment(SampleLine.FILE, samples.file());
    return new StageOutput(outputs, progress.latest());
  }

  @Override
  public void inspect(StageFailure failure, CheckpointWriter out) throws IOException {
    atHand.inspect(failure, out);
  }

  @Override
  public void close() {
    opened.close();
  }

  /** What a controller may change from step to step, by name. */
  record Coefficients(Map<String, Double> values) {
    static final String KL_BETA = "kl/beta";

    Coefficients {
      values = Map.copyOf(values);
    }

    double klBeta() {
      return values.get(KL_BETA);
    }
  }
}
