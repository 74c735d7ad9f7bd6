package dev.temper.trainers.stage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.recipes.RlSpec;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.loss.Aggregation;
import dev.temper.trainers.loss.PolicyLoss;
import dev.temper.trainers.loss.TokenBatch;
import dev.temper.trainers.model.Learner;
import dev.temper.trainers.model.Loss;
import dev.temper.trainers.model.Schedule;
import dev.temper.trainers.model.Sequence;
import dev.temper.trainers.model.StepResult;
import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * The optimizer steps that one rollout batch gives: the batch in a random order, cut into parts,
 * once per epoch.
 */
final class PolicyUpdate {
  private final Learner learner;
  private final RlSpec spec;
  private final Schedule schedule;
  private final Aggregation aggregation;
  private final double samplerGapLimit;
  private final NamedRandom random;
  private final StepAtHand atHand;

  /**
   * @param samplerGapLimit largest difference in nats that is believed between a token's
   *     log-probability when it was sampled and under the learner with the same weights
   * @param atHand is told of every optimizer step
   */
  PolicyUpdate(
      Learner learner,
      RlSpec spec,
      Aggregation aggregation,
      double samplerGapLimit,
      StepAtHand atHand) {
    this.learner = learner;
    this.spec = spec;
    this.aggregation = aggregation;
    this.samplerGapLimit = samplerGapLimit;
    this.atHand = atHand;
    this.schedule =
        new Schedule(
            spec.optimizer(), spec.learningRate(), (long) spec.steps() * updatesPerBatch(spec));
    this.random = new NamedRandom(spec.seed(), "optimizer-batches");
  }

  private static int updatesPerBatch(RlSpec spec) {
    return spec.epochsPerBatch() * spec.optimizerStepsPerBatch();
  }

  /** Trains on a batch; returns means over its optimizer steps. */
  Map<String, Double> apply(RolloutBatch batch, PolicyLoss loss, long step, Pulse pulse) {
    List<StepResult> results = new ArrayList<>();
    double gap = 0;
    long update = step * updatesPerBatch(spec);
    double learningRate = 0;
    for (int epoch = 0; epoch < spec.epochsPerBatch(); epoch++) {
      int[] order = random.permutation(batch.size(), step * spec.epochsPerBatch() + epoch);
      for (int part = 0; part < spec.optimizerStepsPerBatch(); part++, update++) {
        OptimizerBatch chosen = new OptimizerBatch(batch, part(order, part));
        learningRate = schedule.at(update);
        if (chosen.tokens > 0) {
          atHand.begin(step + 1, update + 1, learningRate, chosen::lines);
          // Only before the first update of a batch do sampler and learner have the same weights.
          SamplerGap watch = new SamplerGap(chosen, results.isEmpty());
          results.add(
              learner.step(
                  chosen.sequences(),
                  spec.rowTokens(),
                  (micro, logProbs, mask) -> chosen.loss(loss, watch, micro, logProbs),
                  learningRate,
                  pulse));
          gap = Math.max(gap, watch.largest());
        }
      }
    }
    return metrics(results, gap, learningRate);
  }

  private int[] part(int[] order, int part) {
    int parts = spec.optimizerStepsPerBatch();
    return Arrays.copyOfRange(
        order, order.length * part / parts, order.length * (part + 1) / parts);
  }

  private static Map<String, Double> metrics(
      List<StepResult> results, double gap, double learningRate) {
    Map<String, Double> metrics = new TreeMap<>();
    metrics.put("policy/learning_rate", learningRate);
    metrics.put("policy/sampler_gap", gap);
    metrics.put("policy/updates", (double) results.size());
    for (StepResult result : results) {
      double share = 1.0 / results.size();
      metrics.merge("policy/loss", share * result.loss(), Double::sum);
      metrics.merge("policy/gradient_norm", share * result.gradientNorm(), Double::sum);
      result
          .metrics()
          .forEach((name, value) -> metrics.merge("policy/" + name, share * value, Double::sum));
    }
    return metrics;
  }

  /** The completions of one optimizer step, in micro-batches. */
  private final class OptimizerBatch {
    private final RolloutBatch batch;
    private final List<List<Integer>> microBatches;
    private final Map<Integer, Float> weights = new TreeMap<>();
    private final int tokens;

    OptimizerBatch(RolloutBatch batch, int[] chosen) {
      this.batch = batch;
      List<Integer> completions = Arrays.stream(chosen).boxed().toList();
      this.microBatches = Batches.cut(completions, spec.microBatch());
      // What is not trained on must not dilute what is: it has no part in the normalization.
      List<Integer> trained = completions.stream().filter(i -> batch.trained()[i]).toList();
      int[] lengths = trained.stream().mapToInt(batch::tokens).toArray();
      this.tokens = Arrays.stream(lengths).sum();
      double[] perToken = aggregation.weights(lengths);
      for (int i = 0; i < perToken.length; i++) {
        weights.put(trained.get(i), (float) perToken[i]);
      }
    }

    List<List<Sequence>> sequences() {
      return microBatches.stream()
          .map(micro -> micro.stream().map(i -> batch.answers().get(i).sequence()).toList())
          .toList();
    }

    List<RolloutLine> lines() {
      return microBatches.stream()
          .flatMap(List::stream)
          .map(completion -> RolloutLine.of(batch, completion))
          .toList();
    }

    Loss loss(PolicyLoss loss, SamplerGap watch, int micro, NDArray logProbs) {
      watch.compare(micro, logProbs);
      NDManager manager = logProbs.getManager();
      int width = Math.toIntExact(logProbs.getShape().get(1));
      Rows rows = new Rows(manager, microBatches.get(micro), width);
      return loss.compute(
          new TokenBatch(
              logProbs,
              rows.of(batch.old()::get),
              Optional.of(rows.of(batch.reference()::get)),
              rows.of(i -> constant(i, (float) batch.advantages()[i])),
              rows.of(i -> constant(i, batch.trained()[i] ? 1 : 0)),
              rows.of(i -> constant(i, weights.getOrDefault(i, 0f))),
              rows.of(i -> constant(i, batch.trained()[i] ? 1f / tokens : 0))));
    }

    private float[] constant(int completion, float value) {
      float[] row = new float[batch.tokens(completion)];
      Arrays.fill(row, value);
      return row;
    }
  }

  /** Values of a micro-batch's completions as right-padded {@code [B, T]} arrays. */
  private record Rows(NDManager manager, List<Integer> completions, int width) {
    NDArray of(IntFunction<float[]> values) {
      float[] flat = new float[completions.size() * width];
      for (int i = 0; i < completions.size(); i++) {
        float[] row = values.apply(completions.get(i));
        System.arraycopy(row, 0, flat, i * width, row.length);
      }
      return manager.create(flat, new Shape(completions.size(), width));
    }
  }

  /** The difference between sampler and learner, largest over the tokens of a micro-batch. */
  private final class SamplerGap {
    private final OptimizerBatch batch;
    private final boolean watching;
    private final double[] largest;

    SamplerGap(OptimizerBatch batch, boolean watching) {
      this.batch = batch;
      this.watching = watching;
      this.largest = new double[batch.microBatches.size()];
    }

    void compare(int micro, NDArray logProbs) {
      if (!watching) {
        return;
      }
      float[] learner = logProbs.stopGradient().toFloatArray();
      int width = Math.toIntExact(logProbs.getShape().get(1));
      List<Integer> completions = batch.microBatches.get(micro);
      for (int i = 0; i < completions.size(); i++) {
        float[] sampled = batch.batch.old().get(completions.get(i));
        for (int t = 0; t < sampled.length; t++) {
          largest[micro] = Math.max(largest[micro], Math.abs(learner[i * width + t] - sampled[t]));
        }
      }
      // Written so that NaN is refused as well. Thrown before the weights are touched.
      if (!(largest[micro] <= samplerGapLimit)) {
        throw new StageFailure(
            StageFailure.Type.TRAINING_DIVERGED,
            "sampler and learner disagree by %s nats on a token although their weights are the same; at most %s is believed"
                .formatted(largest[micro], samplerGapLimit));
      }
    }

    double largest() {
      return Arrays.stream(largest).max().orElse(0);
    }
  }
}
