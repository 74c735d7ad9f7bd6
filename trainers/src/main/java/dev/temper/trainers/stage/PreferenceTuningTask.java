package dev.temper.trainers.stage;

import dev.temper.recipes.PreferenceTuningSpec;
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
import dev.temper.trainers.data.DataSources;
import dev.temper.trainers.data.Prompt;
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.LanguageModel;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.Schedule;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.model.StepResult;
import dev.temper.trainers.model.TokenObjective;
import dev.temper.trainers.preference.PreferenceLoss;
import dev.temper.trainers.preference.PreferenceLosses;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.text.ChatFormat;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Trains a policy on compared pairs. The first steps compute what the frozen reference says about
 * the pairs, after which it is closed; then comes one optimizer step per step.
 *
 * <p>Where the reference is the policy at its start, there is one model for both. Until the first
 * optimizer step a checkpoint holds no weights: they are those of {@code init}. Both completions of
 * a pair are in the same micro-batch. Ties and pairs of identical completions are left out of
 * training and counted.
 */
final class PreferenceTuningTask implements StepwiseTask, Inspectable {

  private final PreferenceTuningSpec spec;
  private final Engine engine;
  private final ComparedPairs pairs;
  private final ReferenceLogProbs referred;
  private final PreferenceLoss loss;
  private final Batches batches;
  private final Schedule schedule;
  private final ModelFolder.Policy policy;
  private final LanguageModel reference;
  private final Learner learner;
  private final SamplePanel panel;
  private final Chunks samples;
  private final Progress progress;
  private final Opened opened;
  private final StepAtHand atHand = new StepAtHand();

  private PreferenceTuningTask(
      PreferenceTuningSpec spec,
      StageContext context,
      Optional<CheckpointReader> from,
      Opened opened)
      throws IOException {
    this.spec = spec;
    this.opened = opened;
    this.engine = new Engine(context.compute(), spec.numerics());
    this.pairs = ComparedPairs.read(spec.pairs(), spec.test(), context.inputs());
    this.referred = ReferenceLogProbs.of(pairs, spec.microBatchPairs(), spec.batchPairs());
    this.loss = PreferenceLosses.create(spec.loss());
    NamedRandom order = new NamedRandom(spec.seed(), "pairs");
    int rows = pairs.training().size();
    this.batches =
        spec.steps().isPresent()
            ? Batches.steps(rows, spec.batchPairs(), spec.steps().get(), order)
            : Batches.epochs(rows, spec.batchPairs(), spec.epochs(), order);
    this.schedule = new Schedule(spec.optimizer(), spec.learningRate(), batches.totalSteps());
    this.progress = from.isPresent() ? Progress.restore(from.get()) : Progress.start();
    this.samples = from.isPresent() ? Chunks.restore("samples", from.get()) : new Chunks("samples");
    if (from.isPresent()) {
      referred.restore(from.get());
    }

    Path init = context.inputs().folder(spec.init());
    Path referenceFolder = context.inputs().folder(spec.reference());
    Tokenizer tokenizer = opened.keep(Tokenizer.load(init), Tokenizer::close);
    SameTokens.require(tokenizer, referenceFolder, "reference");
    TextHandover.require(tokenizer, context.inputs().folder(spec.pairs()), spec.pairs().text());
    if (spec.test().isPresent()) {
      TextHandover.require(
          tokenizer, context.inputs().folder(spec.test().get()), spec.test().get().text());
    }
    Optional<CheckpointReader> trained = from.filter(any -> update() > 0);
    LanguageModel model =
        opened.keep(
            trained.isPresent()
                ? LanguageModel.restore(engine, trained.get(), "policy/")
                : LanguageModel.load(engine, init),
            LanguageModel::close);
    this.policy = new ModelFolder.Policy(model, tokenizer, new ChatFormat(tokenizer));
    this.learner =
        opened.keep(Learner.of(engine, model, spec.optimizer(), spec.seed()), Learner::close);
    if (trained.isPresent()) {
      learner.restore(trained.get(), "optimizer/");
    }
    this.panel =
        SamplePanel.of(spec.panel(), prompts(), new DataSources(context.inputs()), spec.seed());
    this.reference =
        update() < 0 && !referenceFolder.equals(init)
            ? opened.keep(LanguageModel.load(engine, referenceFolder), LanguageModel::close)
            : model;
  }

  static StepwiseTask open(
      PreferenceTuningSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return Opened.all(opened -> new PreferenceTuningTask(spec, context, from, opened));
  }

  /** Those of the pairs that are one message of a user: of a conversation the messages are gone. */
  private List<Prompt> prompts() {
    Set<String> texts = new HashSet<>();
    return pairs.training().stream()
        .filter(pair -> texts.add(pair.prompt()))
        .map(pair -> Map.entry(pair, new Prompt(pair.prompt(), pair.facts(), pair.promptId())))
        .filter(
            made ->
                Arrays.equals(
                    policy.format().prompt(made.getValue()), made.getKey().promptTokens()))
        .map(Map.Entry::getValue)
        .limit(spec.panel().rows())
        .toList();
  }

  /** Optimizer steps made so far; below 0 while the reference is being computed. */
  private long update() {
    return progress.step() - referred.steps();
  }

  @Override
  public long step() {
    return progress.step();
  }

  @Override
  public long totalSteps() {
    return referred.steps() + batches.totalSteps();
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    Map<String, Double> metrics = new HashMap<>();
    if (step() == 0) {
      metrics.putAll(pairs.metrics());
    }
    if (update() < 0) {
      long step = step();
      atHand.begin(step + 1, () -> referred.pairs(step));
      metrics.put("reference/pairs", (double) referred.advance(step, reference, pulse));
      progress.finishedStep();
      if (update() == 0 && reference != policy.model()) {
        reference.close();
      }
    } else {
      metrics.putAll(train(pulse));
    }
    progress.remember(metrics);
    return new StepReport(metrics);
  }

  private Map<String, Double> train(Pulse pulse) throws IOException {
    Map<String, Double> metrics = new HashMap<>();
    if (update() == 0) {
      measure(pulse).forEach((name, value) -> metrics.put(name + "_start", value));
    }
    List<List<Integer>> microBatches =
        Batches.cut(Arrays.stream(batches.at(update())).boxed().toList(), spec.microBatchPairs());
    double rate = schedule.at(update());
    atHand.begin(
        step() + 1,
        update() + 1,
        rate,
        () -> microBatches.stream().flatMap(List::stream).map(pairs.training()::get).toList());
    StepResult result =
        learner.step(
            microBatches.stream().map(this::sequences).toList(),
            spec.rowTokens(),
            objective(microBatches),
            rate,
            pulse);
    progress.finishedStep();
    metrics.put("train/loss", result.loss());
    metrics.put("train/gradient_norm", result.gradientNorm());
    metrics.put("train/learning_rate", rate);
    result.metrics().forEach((name, value) -> metrics.put("train/" + name, value));
    metrics.putAll(measure(pulse));
    return metrics;
  }

  private List<PairRow> rows(List<Integer> microBatch) {
    return microBatch.stream().map(pairs.training()::get).toList();
  }

  /** The chosen completions, then the rejected ones in the same order. */
  private List<Sequence> sequences(List<Integer> microBatch) {
    return RewardModelTask.sides(rows(microBatch));
  }

  private TokenObjective objective(List<List<Integer>> microBatches) {
    int batchPairs = microBatches.stream().mapToInt(List::size).sum();
    return (microBatch, logProbs, mask) -> {
      List<Integer> indices = microBatches.get(microBatch);
      return loss.compute(
          new PairArrays(
                  logProbs.getManager(),
                  rows(indices),
                  referred.training(indices),
                  1.0 / batchPairs)
              .ofTokens(logProbs));
    };
  }

  private Map<String, Double> measure(Pulse pulse) throws IOException {
    Map<String, Double> metrics = new HashMap<>();
    if (!pairs.test().isEmpty()
        && Due.at(update(), batches.totalSteps(), spec.evaluateEverySteps())) {
      PairLogProbs now =
          PairLogProbs.of(policy.model(), pairs.test(), spec.microBatchPairs(), pulse);
      metrics.putAll(
          new HeldOutPreferences(pairs.test(), referred.test(), loss, engine::newManager)
              .metrics("eval/", now));
    }
    if (panel.due(update(), batches.totalSteps())) {
      SamplePanel.Look look = panel.sample(policy, update(), pulse);
      samples.add(look.lines());
      metrics.putAll(look.metrics());
    }
    return metrics;
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    if (update() > 0) {
      policy.model().save(out, "policy/");
      learner.save(out, "optimizer/");
    }
    referred.save(out);
    samples.save(out);
    progress.save(out);
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    ModelFolder.writeResult(out, policy.model()::write, policy.tokenizer(), learner);
    out.attachment(SampleLine.FILE, samples.file());
    return new StageOutput(Map.of("", ""), new TreeMap<>(progress.latest()));
  }

  @Override
  public void inspect(StageFailure failure, CheckpointWriter out) throws IOException {
    atHand.inspect(failure, out);
  }

  @Override
  public void close() {
    opened.close();
  }
}
