package dev.temper.trainers.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.jni.JniUtils;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.CheckpointReader;
import dev.temper.trainers.CheckpointWriter;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Gradients and an optimizer for one model, which it updates in place.
 *
 * <p>Micro-batches run in parallel, each on one thread; losses, metrics and gradients are summed in
 * their order, so that bits depend on the micro-batches and never on how many threads there are. A
 * loss or a gradient norm that is not finite fails the step before any weight has changed.
 *
 * <p>Sequences of a micro-batch are packed into rows of {@code rowTokens}, see {@link PackedRows}.
 */
public final class Learner implements AutoCloseable {

  /** Added to the norm when gradients are clipped, as in torch's clip_grad_norm_. */
  private static final double CLIP_EPSILON = 1e-6;

  private final Compute compute;
  private final Transformer transformer;
  private final double maxGradientNorm;
  private final double temperature;
  private final NDManager manager;
  private final Gradients operations;
  private final Trained trained;
  private final Optimizer optimizer;
  private final Optional<Average> average;

  private Learner(
      Engine engine,
      Transformer transformer,
      OptimizerSpec optimizer,
      double temperature,
      long seed) {
    this.compute = engine.compute();
    this.transformer = transformer;
    this.maxGradientNorm = optimizer.maxGradientNorm();
    this.temperature = temperature;
    this.manager = transformer.manager().newSubManager();
    this.operations = new Gradients(manager);
    this.trained =
        optimizer.lora().isPresent()
            ? new LowRank(
                transformer, optimizer.lora().get(), new NamedRandom(seed, "lora"), manager)
            : new AllWeights(transformer);
    this.optimizer = Optimizers.of(optimizer, trained.tensors(), manager);
    this.average = optimizer.ema().map(ema -> new Average(trained.tensors(), ema.decay(), manager));
  }

  /**
   * A learner of a language model.
   *
   * @param seed of the adapters, where the optimizer has any
   */
  public static Learner of(Engine engine, LanguageModel model, OptimizerSpec optimizer, long seed) {
    return of(engine, model, optimizer, 1, seed);
  }

  /**
   * With log-probabilities of {@code softmax(logits / temperature)} in {@link #step}; 0 counts as
   * 1.
   */
  public static Learner of(
      Engine engine, LanguageModel model, OptimizerSpec optimizer, double temperature, long seed) {
    return new Learner(
        engine, model.transformer(), optimizer, temperature == 0 ? 1 : temperature, seed);
  }

  /** A learner of a reward model. */
  public static Learner of(Engine engine, RewardModel model, OptimizerSpec optimizer, long seed) {
    return new Learner(engine, model.transformer(), optimizer, 1, seed);
  }

  /** Forward and backward of one micro-batch. */
  private interface Pass {
    MicroBatch compute(NDManager scope, int microBatch, List<Sequence> sequences);
  }

  /** One optimizer step on a loss of the log-probabilities of the completion tokens. */
  public StepResult step(
      List<List<Sequence>> microBatches,
      int rowTokens,
      TokenObjective objective,
      double learningRate,
      Pulse pulse) {
    return run(
        microBatches,
        learningRate,
        pulse,
        (scope, index, sequences) -> {
          PackedRows rows = PackedRows.predicting(sequences, rowTokens);
          NDList inputs = rows.inputs(scope);
          ModelValues values =
              values(
                  scope,
                  "log_probs",
                  transformer.weights(),
                  inputs.get(0),
                  inputs.get(1),
                  inputs.get(2),
                  rows.labelled(scope),
                  rows.targets(scope),
                  scope.create(temperature));
          NDArray mask = rows.mask(scope);
          NDArray cells = rows.cells(scope);
          NDArray leaf = call(scope, "leaf", values.values(), cells, mask);
          return backward(scope, values, leaf, cells, objective.compute(index, leaf, mask));
        });
  }

  /** One optimizer step on a loss of the scores of whole sequences. */
  public StepResult stepOnScores(
      List<List<Sequence>> microBatches,
      int rowTokens,
      ScoreObjective objective,
      double learningRate,
      Pulse pulse) {
    return run(
        microBatches,
        learningRate,
        pulse,
        (scope, index, sequences) -> {
          PackedRows rows = PackedRows.whole(sequences, rowTokens);
          NDList inputs = rows.inputs(scope);
          ModelValues values =
              values(
                  scope,
                  "scores",
                  transformer.weights(),
                  inputs.get(0),
                  inputs.get(1),
                  inputs.get(2),
                  rows.last(scope));
          NDArray cells = scope.arange(sequences.size()).toType(DataType.INT64, false);
          NDArray leaf = call(scope, "leaf", values.values(), cells, values.values());
          return backward(scope, values, leaf, cells, objective.compute(index, leaf));
        });
  }

  /**
   * One optimizer step on token cross-entropy, {@code loss = -weightPerToken * sum(logp)}, at
   * temperature 1: one native call per micro-batch.
   *
   * @param weightPerToken usually 1 / completion tokens of all micro-batches
   */
  public StepResult stepOnTokens(
      List<List<Sequence>> microBatches,
      int rowTokens,
      double weightPerToken,
      double learningRate,
      Pulse pulse) {
    return run(
        microBatches,
        learningRate,
        pulse,
        (scope, index, sequences) -> {
          PackedRows rows = PackedRows.predicting(sequences, rowTokens);
          NDList inputs = rows.inputs(scope);
          NDList found =
              transformer
                  .program()
                  .call(
                      scope,
                      transformer.engine().recomputes()
                          ? "token_gradients_again"
                          : "token_gradients",
                      true,
                      transformer.weights(),
                      inputs.get(0),
                      inputs.get(1),
                      inputs.get(2),
                      rows.labelled(scope),
                      rows.targets(scope),
                      scope.create(weightPerToken));
          return new MicroBatch(found.get(0).getFloat(), Map.of(), found.subNDList(1));
        });
  }

  private ModelValues values(NDManager scope, String method, Object... arguments) {
    return ModelValues.of(transformer, scope, method, arguments);
  }

  private NDArray call(NDManager scope, String method, Object... arguments) {
    return transformer.program().call(scope, method, true, arguments).head();
  }

  /** From a loss on a leaf that holds the model's values, back through the model. */
  private MicroBatch backward(
      NDManager scope, ModelValues values, NDArray leaf, NDArray cells, Loss loss) {
    NDArray gradient = call(scope, "leaf_gradient", loss.value(), leaf, cells);
    NDList gradients = values.gradients(scope, gradient);
    // A scalar times a double is float64 in DJL.
    double value = loss.value().toType(DataType.FLOAT64, true).getDouble();
    return new MicroBatch(value, loss.metrics(), gradients);
  }

  private StepResult run(
      List<List<Sequence>> microBatches, double learningRate, Pulse pulse, Pass pass) {
    if (microBatches.isEmpty()) {
      throw new IllegalArgumentException("a step needs at least one micro-batch");
    }
    try (NDManager step = manager.newSubManager()) {
      StepSum sum = new StepSum(step, operations, microBatches.size());
      List<Callable<Optional<StepResult>>> pieces = new ArrayList<>();
      for (int i = 0; i < microBatches.size(); i++) {
        int index = i;
        pieces.add(
            () ->
                compute(step, index, microBatches.get(index), pass, sum)
                    ? Optional.of(update(step, sum, learningRate))
                    : Optional.empty());
      }
      pulse.at("optimizer-step.before");
      StepResult result =
          compute.all(pieces, () -> pulse.at("optimizer-step.inside")).stream()
              .flatMap(Optional::stream)
              .findFirst()
              .orElseThrow();
      pulse.at("optimizer-step.after");
      return result;
    } catch (EngineException e) {
      throw MemoryShortage.in(e, microBatches.stream().mapToInt(List::size).max().orElse(0));
    }
  }

  /** Returns whether this was the last micro-batch to finish. */
  private static boolean compute(
      NDManager step, int index, List<Sequence> sequences, Pass pass, StepSum sum) {
    Chunks.stopIfInterrupted();
    try (NDManager scope = step.newSubManager()) {
      return sum.add(index, pass.compute(scope, index, sequences));
    } finally {
      // The thread is used for other work next.
      JniUtils.setGradMode(false);
    }
  }

  /** Runs on the thread that finished last: handing it over would only cost time. */
  private StepResult update(NDManager scope, StepSum sum, double learningRate) {
    NDList gradients = trained.gradients(scope, sum.gradients());
    double norm = operations.norm(scope, gradients);
    if (!Double.isFinite(sum.loss()) || !Double.isFinite(norm)) {
      throw new StageFailure(
          StageFailure.Type.TRAINING_DIVERGED,
          "loss %s and gradient norm %s must be finite".formatted(sum.loss(), norm));
    }
    double factor = maxGradientNorm > 0 ? Math.min(1, maxGradientNorm / (norm + CLIP_EPSILON)) : 1;
    optimizer.update(scope, gradients, factor, learningRate);
    trained.updated(scope);
    average.ifPresent(kept -> kept.update(scope));
    return sum.result(norm);
  }

  /** Writes moments and step counters under a prefix; the weights are the model's to save. */
  public void save(CheckpointWriter out, String prefix) throws IOException {
    optimizer.save(out, prefix);
    trained.save(out, prefix);
    if (average.isPresent()) {
      average.get().save(out, prefix);
    }
  }

  /** Goes back to what was saved, bit for bit. */
  public void restore(CheckpointReader from, String prefix) throws IOException {
    trained.restore(from, prefix);
    optimizer.restore(from, prefix);
    if (average.isPresent()) {
      average.get().restore(from, prefix);
    }
  }

  /** Whether the result is an average of the weights. */
  public boolean averages() {
    return average.isPresent();
  }

  /** Something that is done with a model. */
  @FunctionalInterface
  public interface Use<T> {
    T with() throws IOException;
  }

  /**
   * Does something while the model has the weights that are the result: their average where there
   * is one. Afterwards it has its own again, bit for bit.
   */
  public <T> T onResult(Use<T> use) throws IOException {
    if (average.isEmpty()) {
      return use.with();
    }
    exchange(average.get());
    try {
      return use.with();
    } finally {
      exchange(average.get());
    }
  }

  private void exchange(Average kept) {
    kept.exchange();
    try (NDManager scope = manager.newSubManager()) {
      trained.updated(scope);
    }
  }

  /** Files of the trained adapter, by name; none where all weights are trained. */
  public Map<String, ByteBuffer> adapter() {
    return trained.adapter();
  }

  @Override
  public void close() {
    manager.close();
  }
}
