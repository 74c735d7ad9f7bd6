package dev.temper.trainers.stage;

import dev.temper.trainers.ArtifactWriter;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Inspectable;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.StageOutput;
import dev.temper.trainers.StepReport;
import dev.temper.trainers.StepwiseTask;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.Schedule;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.model.StepResult;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains a policy to predict tokens, one optimizer step per step. Pretraining and supervised
 * fine-tuning differ in their {@link Plan} only.
 *
 * <p>The loss is the mean negative log-likelihood of the batch's trained tokens, in nats, however
 * they are spread over micro-batches. Held-out loss and panel are taken before the first update
 * (names end in {@code _start}), every so often, and after the last.
 */
final class TokenTraining implements StepwiseTask, Inspectable {

  /** Sequences of held-out text that one thread scores together; the bits depend on it. */
  private static final int HELDOUT_CHUNK = 32;

  private final Plan plan;
  private final ModelFolder.Policy policy;
  private final Learner learner;
  private final Chunks samples;
  private final Progress progress;
  private final Opened opened;
  private final StepAtHand atHand = new StepAtHand();

  private TokenTraining(
      Plan plan,
      ModelFolder.Policy policy,
      Learner learner,
      Chunks samples,
      Progress progress,
      Opened opened) {
    this.plan = plan;
    this.policy = policy;
    this.learner = learner;
    this.samples = samples;
    this.progress = progress;
    this.opened = opened;
  }

  /**
   * What is trained on, and when it is measured.
   *
   * @param batches micro-batches of each optimizer step
   * @param rowTokens length of the rows that a micro-batch is packed into
   * @param heldout text for the held-out loss; none for no such loss
   * @param data what there is to say about the data, by metric name
   */
  record Plan(
      BatchSource batches,
      int rowTokens,
      Schedule schedule,
      List<Sequence> heldout,
      int evaluateEverySteps,
      SamplePanel panel,
      Map<String, Double> data) {}

  /** The batch of each optimizer step, as a pure function of the step. */
  @FunctionalInterface
  interface BatchSource {
    List<List<Sequence>> microBatches(long step);
  }

  /**
   * Starts or continues training.
   *
   * @param policy untouched, or with the weights of the checkpoint
   * @param learner of the policy, at its start
   * @param opened policy and learner, which training closes with itself
   */
  static TokenTraining open(
      Plan plan,
      ModelFolder.Policy policy,
      Learner learner,
      Optional<CheckpointReader> from,
      Opened opened)
      throws IOException {
    if (from.isEmpty()) {
      return new TokenTraining(
          plan, policy, learner, new Chunks("samples"), Progress.start(), opened);
    }
    learner.restore(from.get(), "optimizer/");
    return new TokenTraining(
        plan,
        policy,
        learner,
        Chunks.restore("samples", from.get()),
        Progress.restore(from.get()),
        opened);
  }

  @Override
  public long step() {
    return progress.step();
  }

  @Override
  public long totalSteps() {
    return plan.schedule().total();
  }

  @Override
  public StepReport advance(Pulse pulse) throws IOException {
    long step = step();
    Map<String, Double> metrics = new HashMap<>();
    if (step == 0) {
      metrics.putAll(plan.data());
      measure(pulse).forEach((name, value) -> metrics.put(name + "_start", value));
    }
    List<List<Sequence>> microBatches = plan.batches().microBatches(step);
    long tokens =
        microBatches.stream().flatMap(List::stream).mapToLong(Sequence::trainedTokens).sum();
    double rate = plan.schedule().at(step);
    atHand.begin(step + 1, step + 1, rate, () -> SequenceLine.of(microBatches, policy.tokenizer()));
    StepResult result =
        learner.stepOnTokens(microBatches, plan.rowTokens(), 1.0 / tokens, rate, pulse);
    progress.finishedStep();
    metrics.put("train/loss", result.loss());
    metrics.put("train/gradient_norm", result.gradientNorm());
    metrics.put("train/learning_rate", rate);
    metrics.put("train/tokens", progress.add("train/tokens", (double) tokens));
    metrics.putAll(measure(pulse));
    progress.remember(metrics);
    return new StepReport(metrics);
  }

  private Map<String, Double> measure(Pulse pulse) throws IOException {
    Map<String, Double> metrics = new HashMap<>();
    if (!plan.heldout().isEmpty() && Due.at(step(), totalSteps(), plan.evaluateEverySteps())) {
      metrics.put("eval/heldout_loss", heldoutLoss(pulse));
    }
    if (plan.panel().due(step(), totalSteps())) {
      SamplePanel.Look look = plan.panel().sample(policy, step(), pulse);
      samples.add(look.lines());
      metrics.putAll(look.metrics());
    }
    return metrics;
  }

  /** Mean negative log-likelihood per token, in nats. */
  private double heldoutLoss(Pulse pulse) {
    double sum = 0;
    long tokens = 0;
    for (float[] logProbs : policy.model().logProbs(plan.heldout(), 1, HELDOUT_CHUNK, pulse)) {
      for (float logProb : logProbs) {
        sum -= logProb;
      }
      tokens += logProbs.length;
    }
    return sum / tokens;
  }

  @Override
  public void save(CheckpointWriter out) throws IOException {
    policy.model().save(out, "policy/");
    learner.save(out, "optimizer/");
    samples.save(out);
    progress.save(out);
  }

  @Override
  public StageOutput finish(ArtifactWriter out) throws IOException {
    ModelFolder.writeResult(out, policy.model()::write, policy.tokenizer(), learner);
    out.attachment(SampleLine.FILE, samples.file());
    return new StageOutput(Map.of("", ""), progress.latest());
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
