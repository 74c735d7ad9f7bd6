package dev.temper.trainers.stage;

import ai.djl.ndarray.index.NDIndex;
import dev.temper.recipes.RewardModelSpec;
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
import dev.temper.trainers.model.Engine;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.RewardModel;
import dev.temper.trainers.model.Schedule;
import dev.temper.trainers.model.ScoreObjective;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.model.StepResult;
import dev.temper.trainers.random.NamedRandom;
import dev.temper.trainers.reward.RewardLoss;
import dev.temper.trainers.reward.RewardLosses;
import dev.temper.trainers.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Trains a scalar head and the body below it on compared pairs, one optimizer step per step.
 *
 * <p>Both completions of a pair are in the same micro-batch, and a score is read off the last true
 * token of its sequence. Ties and pairs of identical completions are left out of training and
 * counted. When training is done, mean and standard deviation of the raw scores over the
 * completions of the test pairs (the training pairs without any) become part of the artifact.
 */
final class RewardModelTask implements StepwiseTask, Inspectable {

  private static final int PAIRS_TO_SHOW = 8;

  private final RewardModelSpec spec;
  private final ComparedPairs pairs;
  private final RewardLoss loss;
  private final Batches batches;
  private final Schedule schedule;
  private final Tokenizer tokenizer;
  private final RewardModel model;
  private final Learner learner;
  private final Progress progress;
  private final Opened opened;
  private final StepAtHand atHand = new StepAtHand();
  private Optional<float[]> finalScores = Optional.empty();

  private RewardModelTask(
      RewardModelSpec spec,
      ComparedPairs pairs,
      Tokenizer tokenizer,
      RewardModel model,
      Learner learner,
      Progress progress,
      Opened opened) {
    this.spec = spec;
    this.pairs = pairs;
    this.loss = RewardLosses.create(spec.loss());
    this.batches =
        Batches.epochs(
            pairs.training().size(),
            spec.batchPairs(),
            spec.epochs(),
            new NamedRandom(spec.seed(), "pairs"));
    this.schedule = new Schedule(spec.optimizer(), spec.learningRate(), batches.totalSteps());
    this.tokenizer = tokenizer;
    this.model = model;
    this.learner = learner;
    this.progress = progress;
    this.opened = opened;
  }

  static StepwiseTask open(
      RewardModelSpec spec, StageContext context, Optional<CheckpointReader> from)
      throws IOException {
    return Opened.all(opened -> open(spec, context, from, opened));
  }

  private static StepwiseTask open(
      RewardModelSpec spec, StageContext context, Optional<CheckpointReader> from, Opened opened)
      throws IOException {
    ComparedPairs pairs = ComparedPairs.read(spec.pairs(), spec.test(), context.inputs());
    Path init = context.inputs().folder(spec.init());
    Tokenizer tokenizer = opened.keep(Tokenizer.load(init), Tokenizer::close);
    TextHandover.require(tokenizer, context.inputs().folder(spec.pairs()), spec.pairs().text());
    if (spec.test().isPresent()) {
      TextHandover.require(
          tokenizer, context.inputs().folder(spec.test().get()), spec.test().get().text());
    }
    Engine engine = new Engine(context.compute(), spec.numerics());
    RewardModel model =
        opened.keep(
            from.isPresent()
                ? RewardModel.restore(engine, from.get(), "reward/")
                : RewardModel.fromPolicy(engine, init, new NamedRandom(spec.seed(), "reward-head")),
            RewardModel::close);
    Learner learner =
        opened.keep(Learner.of(engine, model, spec.optimizer(), spec.seed()), Learner::close);
    if (from.isPresent()) {
      learner.restore(from.get(), "optimizer/");
    }
    return new RewardModelTask(
        spec,
        pairs,
        tokenizer,
        model,
        learner,
        from.isPresent() ? Progress.restore(from.get()) : Progress.start(),
        opened);
  }

  @Override
  public long step() {
    return progress.step();
  }

  @Override
  public long totalSteps() {
    return batches.totalSteps();
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    Map<String, Double> metrics = new HashMap<>();
    if (step() == 0) {
      metrics.putAll(pairs.metrics());
      evaluate(pulse).forEach((name, value) -> metrics.put(name + "_start", value));
    }
    List<PairRow> batch = batch();
    double rate = schedule.at(step());
    atHand.begin(step() + 1, step() + 1, rate, () -> batch);
    StepResult result =
        learner.stepOnScores(
            microBatches(batch), spec.rowTokens(), objective(batch.size()), rate, pulse);
    progress.finishedStep();
    metrics.put("train/loss", result.loss());
    metrics.put("train/gradient_norm", result.gradientNorm());
    metrics.put("train/learning_rate", rate);
    result.metrics().forEach((name, value) -> metrics.put("train/" + name, value));
    if (step() == totalSteps()) {
      // Here and not at the end, where no sign of life would be given meanwhile.
      finalScores = Optional.of(resultScores(pulse));
    }
    metrics.putAll(evaluate(pulse));
    progress.remember(metrics);
    return new StepReport(metrics);
  }

  private List<PairRow> batch() {
    return Arrays.stream(batches.at(step())).mapToObj(pairs.training()::get).toList();
  }

  /** Per micro-batch: its chosen sequences, then their rejected ones in the same order. */
  private List<List<Sequence>> microBatches(List<PairRow> rows) {
    return Batches.cut(rows, spec.microBatchPairs()).stream().map(RewardModelTask::sides).toList();
  }

  static List<Sequence> sides(List<PairRow> rows) {
    return Stream.concat(
            rows.stream().map(PairRow::chosenSequence),
            rows.stream().map(PairRow::rejectedSequence))
        .toList();
  }

  private ScoreObjective objective(int batchPairs) {
    return (microBatch, scores) -> {
      long half = scores.getShape().get(0) / 2;
      return loss.compute(
          scores.get(new NDIndex("0:{}", half)),
          scores.get(new NDIndex("{}:{}", half, 2 * half)),
          1.0 / batchPairs);
    };
  }

  private Map<String, Double> evaluate(Pulse pulse) {
    if (pairs.test().isEmpty() || !Due.at(step(), totalSteps(), spec.evaluateEverySteps())) {
      return Map.of();
    }
    // After the last step the pairs to normalize on are the test pairs, and have been scored; with
    // other weights than these where the result is an average.
    float[] scores =
        finalScores
            .filter(known -> !learner.averages())
            .orElseGet(() -> scores(pairs.test(), pulse));
    return HeldOutComparison.of(pairs.test(), scores).metrics("eval/");
  }

  private float[] resultScores(Pulse pulse) throws IOException {
    return learner.onResult(() -> scores(pairs.forNormalization(), pulse));
  }

  private float[] scores(List<PairRow> rows, Pulse pulse) {
    return model.scores(sides(rows), 2 * spec.microBatchPairs(), pulse);
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    model.save(out, "reward/");
    learner.save(out, "optimizer/");
    progress.save(out);
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    List<PairRow> rows = pairs.forNormalization();
    float[] scores = finalScores.isPresent() ? finalScores.get() : resultScores(Pulse.NONE);
    NormalizedReward.Normalization normalization =
        NormalizedReward.Normalization.of(scores, pairs.normalizationSource());
    ModelFolder.writeResult(out, model::write, tokenizer, learner);
    out.content(NormalizedReward.Normalization.FILE, JsonLines.object(normalization));
    out.attachment(SampleLine.FILE, JsonLines.write(samples(rows, scores, normalization)));
    Map<String, Double> summary = new TreeMap<>(progress.latest());
    summary.put("reward/mean", normalization.mean());
    summary.put("reward/std", normalization.std());
    return new StageOutput(Map.of("", ""), summary);
  }

  private List<SampleLine> samples(
      List<PairRow> rows, float[] scores, NormalizedReward.Normalization normalization) {
    List<SampleLine> samples = new ArrayList<>();
    for (int i = 0; i < Math.min(PAIRS_TO_SHOW, rows.size()); i++) {
      PairRow row = rows.get(i);
      double chosen = normalization.normalize(scores[i]);
      double rejected = normalization.normalize(scores[rows.size() + i]);
      samples.add(row.chosenSample(step(), Optional.of(chosen)));
      samples.add(row.rejectedSample(step(), Optional.of(rejected)));
    }
    return samples;
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
