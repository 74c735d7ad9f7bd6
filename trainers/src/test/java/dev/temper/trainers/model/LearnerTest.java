package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LearnerTest {

  private static final int ROW_TOKENS = 24;

  private static Compute compute;
  private static Engine engine;

  @BeforeAll
  static void start() {
    compute = new Compute(2);
    engine = new Engine(compute);
  }

  @AfterAll
  static void stop() {
    compute.close();
  }

  /** Something with a curvature of its own, summed over tokens: mean of -logp + logp^2 / 10. */
  private static TokenObjective curved(double tokens) {
    return (microBatch, logp, mask) -> {
      NDArray each = logp.neg().add(Scalars.times(logp.mul(logp), 0.1));
      return new Loss(
          Scalars.times(each.mul(mask).sum(), 1 / tokens), Map.of("tokens", (double) sum(mask)));
    };
  }

  private static float sum(NDArray array) {
    return array.sum().getFloat();
  }

  private static double curvedLoss(LanguageModel model, List<Sequence> sequences, double tokens) {
    double loss = 0;
    for (float[] logp : model.logProbs(sequences, 1, sequences.size(), Pulse.NONE)) {
      for (float value : logp) {
        loss += (-value + 0.1 * value * value) / tokens;
      }
    }
    return loss;
  }

  private static List<List<Sequence>> split(List<Sequence> all, int size) {
    List<List<Sequence>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += size) {
      parts.add(all.subList(from, Math.min(from + size, all.size())));
    }
    return parts;
  }

  private static double tokens(List<Sequence> sequences) {
    return sequences.stream().mapToInt(s -> s.completion().length).sum();
  }

  /** Plain gradient descent, so that weights move by exactly the gradient. */
  private static Map<String, float[]> gradients(LanguageModel model, Consumer<Learner> step) {
    // With beta1 = beta2 = 0 and a huge epsilon, AdamW moves a weight by rate * g / epsilon.
    OptimizerSpec plain = new OptimizerSpec("constant", 0, 0, 0, 0, 0, 1e6, 0);
    Map<String, float[]> before = weights(model);
    try (Learner learner = Learner.of(engine, model, plain, 0)) {
      step.accept(learner);
    }
    Map<String, float[]> after = weights(model);
    before.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            values[i] -= after.get(name)[i];
          }
        });
    return before;
  }

  private static Map<String, float[]> weights(LanguageModel model) {
    Map<String, float[]> all = new TreeMap<>();
    for (int i = 0; i < model.transformer().parameters().size(); i++) {
      all.put(
          model.transformer().parameters().get(i).name(),
          model.transformer().weights().get(i).toFloatArray());
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void gradientsAreThoseOfFiniteDifferences(boolean tied) {
    List<Sequence> sequences = TinyModels.sequences(5, 3);
    double tokens = tokens(sequences);
    try (LanguageModel model = TinyModels.model(engine, TinyModels.config(tied))) {
      LanguageModel start = model.copy();
      Map<String, float[]> gradients =
          gradients(
              model,
              learner ->
                  learner.step(split(sequences, 2), ROW_TOKENS, curved(tokens), 1e6, Pulse.NONE));
      double shift = 0.02;
      for (int p = 0; p < start.transformer().parameters().size(); p++) {
        NDArray weight = start.transformer().weights().get(p);
        float[] gradient = gradients.get(start.transformer().parameters().get(p).name());
        int index = largest(gradient);
        float[] values = weight.toFloatArray();
        float original = values[index];
        values[index] = (float) (original + shift);
        weight.set(values);
        double up = curvedLoss(start, sequences, tokens);
        values[index] = (float) (original - shift);
        weight.set(values);
        double down = curvedLoss(start, sequences, tokens);
        values[index] = original;
        weight.set(values);
        assertThat((up - down) / (2 * shift))
            .as(start.transformer().parameters().get(p).name())
            .isCloseTo(gradient[index], within(0.03 * Math.abs(gradient[index]) + 1e-4));
      }
      start.close();
    }
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 0; i < values.length; i++) {
      best = Math.abs(values[i]) > Math.abs(values[best]) ? i : best;
    }
    return best;
  }

  @Test
  void tokenLossIsTheObjectiveOfTheSameLoss() {
    List<Sequence> sequences = TinyModels.sequences(6, 4);
    double tokens = tokens(sequences);
    try (LanguageModel one = TinyModels.model(engine);
        LanguageModel other = one.copy();
        Learner fast = Learner.of(engine, one, TinyModels.optimizer(1), 0);
        Learner general = Learner.of(engine, other, TinyModels.optimizer(1), 0)) {
      StepResult a =
          fast.stepOnTokens(split(sequences, 3), ROW_TOKENS, 1 / tokens, 0.01, Pulse.NONE);
      StepResult b =
          general.step(
              split(sequences, 3),
              ROW_TOKENS,
              (i, logp, mask) ->
                  new Loss(Scalars.times(logp.mul(mask).sum(), -1 / tokens), Map.of()),
              0.01,
              Pulse.NONE);
      assertThat(a.loss()).isCloseTo(b.loss(), within(1e-5));
      assertThat(a.gradientNorm()).isCloseTo(b.gradientNorm(), within(1e-5));
    }
  }

  @Test
  void anObjectiveSeesTheLogProbsOfItsSequencesInOrder() {
    List<Sequence> sequences = TinyModels.sequences(4, 5);
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0.5, 0)) {
      List<float[]> expected = model.logProbs(sequences, 0.5, 4, Pulse.NONE);
      StepResult result =
          learner.step(
              List.of(sequences),
              ROW_TOKENS,
              (microBatch, logp, mask) -> {
                for (int i = 0; i < sequences.size(); i++) {
                  float[] row = logp.get(i).toFloatArray();
                  float[] ones = mask.get(i).toFloatArray();
                  for (int t = 0; t < row.length; t++) {
                    boolean token = t < expected.get(i).length;
                    assertThat(ones[t]).isEqualTo(token ? 1 : 0);
                    assertThat(row[t]).isCloseTo(token ? expected.get(i)[t] : 0, within(1e-5f));
                  }
                }
                return new Loss(logp.sum(), Map.of("seen", 1.0));
              },
              0.01,
              Pulse.NONE);
      assertThat(result.metrics()).containsExactly(Map.entry("seen", 1.0));
    }
  }

  @Test
  void packedNeighboursDoNotChangeASequence() {
    List<Sequence> sequences = TinyModels.sequences(6, 6);
    List<Sequence> changed = new ArrayList<>(sequences);
    Sequence old = sequences.get(2);
    changed.set(
        2,
        new Sequence(
            TinyModels.tokens(old.prompt().length, 901),
            TinyModels.tokens(old.completion().length, 902)));
    try (LanguageModel model = TinyModels.model(engine)) {
      List<float[]> before = packedLogProbs(model, sequences);
      List<float[]> after = packedLogProbs(model, changed);
      List<float[]> apart = model.logProbs(sequences, 1, 1, Pulse.NONE);
      for (int i = 0; i < sequences.size(); i++) {
        if (i != 2) {
          assertThat(after.get(i)).isEqualTo(before.get(i));
        }
        for (int t = 0; t < apart.get(i).length; t++) {
          assertThat(before.get(i)[t]).isCloseTo(apart.get(i)[t], within(1e-5f));
        }
      }
    }
  }

  private static List<float[]> packedLogProbs(LanguageModel model, List<Sequence> sequences) {
    List<float[]> found = new ArrayList<>();
    try (LanguageModel copy = model.copy();
        Learner learner = Learner.of(engine, copy, TinyModels.optimizer(1), 0)) {
      learner.step(
          List.of(sequences),
          ROW_TOKENS,
          (microBatch, logp, mask) -> {
            for (int i = 0; i < sequences.size(); i++) {
              found.add(logp.get(i).toFloatArray());
            }
            return new Loss(logp.sum(), Map.of());
          },
          0.01,
          Pulse.NONE);
    }
    return found;
  }

  @Test
  void updatesAreThoseOfAdamW() {
    OptimizerSpec spec = new OptimizerSpec("constant", 0, 0, 0.1, 0.9, 0.95, 1e-8, 0.5);
    List<Sequence> sequences = TinyModels.sequences(4, 8);
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, spec, 0)) {
      PlainAdamW plain = new PlainAdamW(spec, weights(model));
      for (int step = 0; step < 5; step++) {
        Map<String, float[]> gradients;
        try (LanguageModel copy = model.copy()) {
          gradients =
              gradients(
                  copy, l -> l.stepOnTokens(List.of(sequences), ROW_TOKENS, 0.3, 1e6, Pulse.NONE));
        }
        StepResult result =
            learner.stepOnTokens(List.of(sequences), ROW_TOKENS, 0.3, 0.01, Pulse.NONE);
        double norm = plain.update(gradients, 0.01);
        assertThat(result.gradientNorm()).isCloseTo(norm, within(1e-3 * norm));
        assertThat(norm).isGreaterThan(spec.maxGradientNorm());
        Map<String, float[]> now = weights(model);
        plain
            .weights()
            .forEach(
                (name, expected) -> {
                  for (int i = 0; i < expected.length; i++) {
                    assertThat((double) now.get(name)[i])
                        .as(name)
                        .isCloseTo(expected[i], within(2e-3));
                  }
                });
        plain.adopt(now);
      }
    }
  }

  @Test
  void updatesAreThoseOfAdafactor() {
    OptimizerSpec spec = TinyModels.optimizer("adafactor");
    List<Sequence> sequences = TinyModels.sequences(4, 8);
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, spec, 0)) {
      PlainAdafactor plain = new PlainAdafactor(spec, model.transformer().parameters());
      for (int step = 0; step < 5; step++) {
        Map<String, float[]> before = weights(model);
        Map<String, float[]> gradients;
        try (LanguageModel copy = model.copy()) {
          gradients =
              gradients(
                  copy, l -> l.stepOnTokens(List.of(sequences), ROW_TOKENS, 0.3, 1e6, Pulse.NONE));
        }
        learner.stepOnTokens(List.of(sequences), ROW_TOKENS, 0.3, 0.01, Pulse.NONE);
        Map<String, double[]> expected = plain.updated(before, gradients, 0.01);
        Map<String, float[]> now = weights(model);
        expected.forEach(
            (name, values) -> {
              for (int i = 0; i < values.length; i++) {
                assertThat((double) now.get(name)[i]).as(name).isCloseTo(values[i], within(1e-3));
              }
            });
      }
    }
  }

  @Test
  void bitsDoNotDependOnTheNumberOfThreads() {
    List<Map<String, ByteBuffer>> ends = new ArrayList<>();
    List<StepResult> results = new ArrayList<>();
    for (int threads : new int[] {1, 2}) {
      try (Compute some = new Compute(threads)) {
        Engine other = new Engine(some);
        try (LanguageModel model = TinyModels.model(other);
            Learner learner = Learner.of(other, model, TinyModels.optimizer(1), 0)) {
          StepResult result = null;
          for (int step = 0; step < 6; step++) {
            List<Sequence> sequences = TinyModels.sequences(11, step);
            learner.stepOnTokens(split(sequences, 2), ROW_TOKENS, 0.02, 0.01, Pulse.NONE);
            result = learner.step(split(sequences, 3), ROW_TOKENS, curved(70), 0.01, Pulse.NONE);
          }
          results.add(result);
          ends.add(model.files());
        }
      }
    }
    assertThat(ends.get(1)).isEqualTo(ends.get(0));
    assertThat(results.get(1)).isEqualTo(results.get(0));
  }

  @Test
  void modelsThatShareThreadsDoNotDisturbEachOther() throws Exception {
    ExecutorService stages = Executors.newFixedThreadPool(3);
    try {
      Map<String, ByteBuffer> alone = trained(5);
      List<Future<Map<String, ByteBuffer>>> together = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        together.add(stages.submit(() -> trained(5)));
      }
      for (Future<Map<String, ByteBuffer>> one : together) {
        assertThat(one.get()).isEqualTo(alone);
      }
    } finally {
      stages.shutdownNow();
    }
  }

  /** Trains, samples and scores in turn, as a stage does. */
  private static Map<String, ByteBuffer> trained(int steps) {
    List<Sequence> sequences = TinyModels.sequences(8, 9);
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      for (int i = 0; i < steps; i++) {
        round(model, learner, sequences);
      }
      return model.files();
    }
  }

  @Test
  void bfloat16LearnsAsWell() {
    Engine narrow = new Engine(compute, new Numerics("bfloat16", "cpu"));
    List<Sequence> sequences = TinyModels.sequences(6, 1);
    try (LanguageModel model = TinyModels.model(narrow);
        Learner learner = Learner.of(narrow, model, TinyModels.optimizer(1), 0)) {
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < 30; step++) {
        double weight = 1 / tokens(sequences);
        losses.add(
            learner.stepOnTokens(split(sequences, 3), ROW_TOKENS, weight, 0.01, Pulse.NONE).loss());
      }
      assertThat(losses.get(29)).isLessThan(0.6 * losses.get(0));
    }
  }

  @ParameterizedTest
  @CsvSource({"adamw, false", "adafactor, false", "adamw, true"})
  void aRestoredLearnerGoesOnBitForBit(String optimizer, boolean lora) throws Exception {
    OptimizerSpec spec =
        TinyModels.optimizer(
            optimizer,
            lora ? Optional.of(TinyModels.lora("q_proj", "down_proj")) : Optional.empty());
    MemoryCheckpoint checkpoint = new MemoryCheckpoint();
    List<Sequence> sequences = TinyModels.sequences(8, 9);
    Map<String, ByteBuffer> uninterrupted;
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, spec, 0)) {
      train(learner, sequences, 3);
      model.save(checkpoint, "policy/");
      learner.save(checkpoint, "learner/");
      train(learner, sequences, 3);
      uninterrupted = model.files();
    }
    try (LanguageModel model = LanguageModel.restore(engine, checkpoint, "policy/");
        Learner learner = Learner.of(engine, model, spec, 0)) {
      learner.restore(checkpoint, "learner/");
      train(learner, sequences, 3);
      assertThat(model.files()).isEqualTo(uninterrupted);
    }
    try (LanguageModel model = LanguageModel.restore(engine, checkpoint, "policy/");
        Learner forgetful = Learner.of(engine, model, spec, 0)) {
      train(forgetful, sequences, 3);
      assertThat(model.files()).isNotEqualTo(uninterrupted);
    }
  }

  private static void train(Learner learner, List<Sequence> sequences, int steps) {
    for (int i = 0; i < steps; i++) {
      learner.step(split(sequences, 3), ROW_TOKENS, curved(50), 0.01, Pulse.NONE);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY})
  void lossThatIsNotFiniteLeavesWeightsAndMomentsAlone(double bad) throws Exception {
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      train(learner, TinyModels.sequences(4, 1), 1);
      MemoryCheckpoint before = new MemoryCheckpoint();
      model.save(before, "");
      learner.save(before, "");
      assertThatThrownBy(
              () ->
                  learner.step(
                      split(TinyModels.sequences(4, 2), 2),
                      ROW_TOKENS,
                      (i, logp, mask) -> new Loss(logp.sum().mul(i == 1 ? bad : 1), Map.of()),
                      0.01,
                      Pulse.NONE))
          .isInstanceOfSatisfying(
              StageFailure.class,
              e -> assertThat(e.type()).isEqualTo(StageFailure.Type.TRAINING_DIVERGED));
      MemoryCheckpoint after = new MemoryCheckpoint();
      model.save(after, "");
      learner.save(after, "");
      assertThat(after.files()).isEqualTo(before.files());
    }
  }

  @Test
  void aFailedObjectiveLeavesWeightsAlone() {
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      Map<String, ByteBuffer> before = model.files();
      assertThatThrownBy(
              () ->
                  learner.step(
                      split(TinyModels.sequences(4, 2), 2),
                      ROW_TOKENS,
                      (i, logp, mask) -> {
                        throw new IllegalStateException("no loss");
                      },
                      0.01,
                      Pulse.NONE))
          .hasMessage("no loss");
      assertThat(model.files()).isEqualTo(before);
    }
  }

  @Test
  void aLossThatDependsOnNothingHasNoGradient() {
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      StepResult result =
          learner.step(
              List.of(TinyModels.sequences(2, 2)),
              ROW_TOKENS,
              (i, logp, mask) -> new Loss(mask.sum(), Map.of()),
              0.01,
              Pulse.NONE);
      assertThat(result.gradientNorm()).isZero();
    }
  }

  @Test
  void trainingLowersTheLoss() {
    List<Sequence> sequences = TinyModels.sequences(6, 1);
    double tokens = tokens(sequences);
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      double first = 0;
      double last = 0;
      for (int step = 0; step < 60; step++) {
        last =
            learner
                .stepOnTokens(split(sequences, 3), ROW_TOKENS, 1 / tokens, 0.01, Pulse.NONE)
                .loss();
        first = step == 0 ? last : first;
      }
      assertThat(last).isLessThan(0.3 * first);
    }
  }

  @Test
  void stepsLeaveNoTensorsBehind() {
    List<Sequence> sequences = TinyModels.sequences(6, 1);
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      round(model, learner, sequences);
      int before = managed(model);
      for (int i = 0; i < 20; i++) {
        round(model, learner, sequences);
      }
      assertThat(managed(model)).isEqualTo(before);
    }
  }

  private static void round(LanguageModel model, Learner learner, List<Sequence> sequences) {
    train(learner, sequences, 1);
    learner.stepOnTokens(split(sequences, 3), ROW_TOKENS, 0.1, 0.01, Pulse.NONE);
    model.logProbs(sequences, 1, 2, Pulse.NONE);
    model.generate(
        List.of(new int[] {3}, new int[] {4}),
        TinyModels.sampling(1, 4, 1, 1),
        TinyModels.uniforms(),
        Pulse.NONE);
  }

  private static int managed(LanguageModel model) {
    return model.transformer().manager().getManagedArrays().size();
  }
}
