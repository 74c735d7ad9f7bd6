package dev.temper.trainers.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.model.family.Tokens;
import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Prints the speed of the engine: the matrix rate of one thread, training against a bare loop over
 * the same program, and generation on one thread and on two.
 *
 * <p>Best step of interleaved rounds, since other work on the machine only ever slows a step down.
 * Arguments: rounds, then optionally {@code bfloat16}.
 */
public final class EngineBenchmark {

  private static final int ROWS = 16;
  private static final int ROW_TOKENS = 128;
  private static final int STEPS = 3;

  private EngineBenchmark() {}

  public static void main(String[] arguments) {
    int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    String format = arguments.length > 1 ? arguments[1] : "float32";
    try (Compute one = new Compute(1);
        Compute two = new Compute(2)) {
      Numerics numerics = new Numerics(format, "cpu");
      double rate = matrixRate(new Engine(one, numerics));
      print("matrix rate, 2048^3, one thread: %.1f GFLOP/s%n", rate);
      for (int[] shape :
          new int[][] {{64, 2, 8, 160, 192}, {128, 4, 4, 352, 512}, {256, 6, 8, 704, 1024}}) {
        run(shape, rounds, rate, new Engine(one, numerics), new Engine(two, numerics));
      }
    }
  }

  private static void run(int[] shape, int rounds, double rate, Engine one, Engine two) {
    ModelConfig config =
        ModelConfig.llama(
            new dev.temper.trainers.model.family.Shape(
                shape[4],
                shape[0],
                shape[3],
                shape[1],
                shape[2],
                shape[2],
                shape[0] / shape[2],
                1e-5,
                true,
                2 * ROW_TOKENS),
            10000,
            new Tokens(0, List.of(1), 2));
    try (LanguageModel alone = model(one, config);
        LanguageModel shared = model(two, config);
        Learner aloneLearner = Learner.of(one, alone, optimizer(), 0);
        Learner sharedLearner = Learner.of(two, shared, optimizer(), 0)) {
      double[] best = new double[5];
      for (int round = 0; round < rounds; round++) {
        best[0] = Math.max(best[0], bare(alone));
        best[1] = Math.max(best[1], train(aloneLearner, 1));
        best[2] = Math.max(best[2], train(sharedLearner, 2));
        best[3] = Math.max(best[3], generate(alone));
        best[4] = Math.max(best[4], generate(shared));
      }
      double parameters = alone.transformer().weights().stream().mapToLong(NDArray::size).sum();
      print(
          "d%d L%d V%d (%.2fM): training bare loop %.0f, learner %.0f tokens/s (ratio %.3f, %.0f %%"
              + " of the matrix rate), two threads %.0f (%.2f x)%n",
          shape[0],
          shape[1],
          shape[4],
          parameters / 1e6,
          best[0],
          best[1],
          best[1] / best[0],
          100 * best[1] * 6 * parameters / (rate * 1e9),
          best[2],
          best[2] / best[1]);
      print(
          "  generation, 2 chunks of 32, prompt 16, 64 new: %.0f tokens/s, two threads %.0f (%.2f"
              + " x)%n",
          best[3], best[4], best[4] / best[3]);
    }
  }

  private static LanguageModel model(Engine engine, ModelConfig config) {
    return LanguageModel.initialize(engine, config, 0.02, new NamedRandom(1, "weights"));
  }

  private static OptimizerSpec optimizer() {
    return new OptimizerSpec("constant", 0, 0, 0.01, 0.9, 0.95, 1e-8, 1);
  }

  private static double matrixRate(Engine engine) {
    int size = 2048;
    double best = 0;
    try (NDManager manager = engine.newManager()) {
      NDArray a = manager.randomNormal(new Shape(size, size));
      NDArray b = manager.randomNormal(new Shape(size, size));
      for (int i = 0; i < 6; i++) {
        long start = System.nanoTime();
        try (NDArray product = a.matMul(b)) {
          best = Math.max(best, 2.0 * size * size * size / (System.nanoTime() - start));
        }
      }
    }
    return best;
  }

  private static List<Sequence> batch(int vocabulary) {
    NamedRandom random = new NamedRandom(3, "batch");
    List<Sequence> batch = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      int[] completion = new int[ROW_TOKENS];
      for (int t = 0; t < completion.length; t++) {
        completion[t] = random.below(vocabulary, i, t, 0, 0);
      }
      batch.add(new Sequence(new int[] {0}, completion));
    }
    return batch;
  }

  /** The program's own calls and nothing else, on inputs that are made once. */
  private static double bare(LanguageModel model) {
    Transformer transformer = model.transformer();
    PackedRows rows = PackedRows.predicting(batch(model.config().vocabSize()), ROW_TOKENS);
    try (NDManager manager = transformer.manager().newSubManager()) {
      Gradients operations = new Gradients(manager);
      AdamW adamW = new AdamW(new AllWeights(transformer).tensors(), optimizer(), manager);
      NDList inputs = rows.inputs(manager);
      NDArray at = rows.labelled(manager);
      NDArray targets = rows.targets(manager);
      NDArray weight = manager.create(1.0 / rows.completionTokens());
      double best = 0;
      for (int i = 0; i < STEPS; i++) {
        long start = System.nanoTime();
        try (NDManager scope = manager.newSubManager()) {
          NDList found =
              transformer
                  .program()
                  .call(
                      scope,
                      "token_gradients",
                      true,
                      transformer.weights(),
                      inputs.get(0),
                      inputs.get(1),
                      inputs.get(2),
                      at,
                      targets,
                      weight);
          NDList gradients = found.subNDList(1);
          double norm = operations.norm(scope, gradients);
          adamW.update(scope, gradients, Math.min(1, 1 / norm), 1e-4);
        }
        best = Math.max(best, rate(ROWS * ROW_TOKENS, start));
      }
      return best;
    }
  }

  private static double train(Learner learner, int microBatches) {
    List<Sequence> batch = batch(192);
    List<List<Sequence>> parts = new ArrayList<>();
    for (int i = 0; i < microBatches; i++) {
      parts.add(batch.subList(i * ROWS / microBatches, (i + 1) * ROWS / microBatches));
    }
    double weight = 1.0 / (ROWS * ROW_TOKENS);
    double best = 0;
    for (int i = 0; i < STEPS; i++) {
      long start = System.nanoTime();
      learner.stepOnTokens(parts, ROW_TOKENS, weight, 1e-4, Pulse.NONE);
      best = Math.max(best, rate(ROWS * ROW_TOKENS, start));
    }
    return best;
  }

  private static double generate(LanguageModel model) {
    NamedRandom random = new NamedRandom(4, "sampling");
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int[] prompt = new int[16];
      Arrays.setAll(prompt, t -> 3 + t);
      prompts.add(prompt);
    }
    long start = System.nanoTime();
    long tokens =
        model
            .generate(
                prompts,
                new SamplingSpec(1, 64, 32, 32),
                (i, t) -> random.uniform(0, i, 0, t),
                Pulse.NONE)
            .stream()
            .mapToLong(c -> c.tokens().length)
            .sum();
    return rate(tokens, start);
  }

  private static double rate(long tokens, long start) {
    return tokens / ((System.nanoTime() - start) / 1e9);
  }

  private static void print(String format, Object... values) {
    System.out.printf(Locale.ROOT, format, values);
  }
}
