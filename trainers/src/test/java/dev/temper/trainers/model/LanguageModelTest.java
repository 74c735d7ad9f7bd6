package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.Numerics;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageModelTest {

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

  @ParameterizedTest
  @CsvSource({"true, 1", "false, 1", "true, 0.7"})
  void logProbsAreThoseOfTheReference(boolean tied, double temperature) throws Exception {
    try (LanguageModel model = TinyModels.model(engine, TinyModels.config(tied))) {
      ReferenceLlama reference = new ReferenceLlama(model.config(), model.files());
      List<Sequence> sequences = TinyModels.sequences(7, 1);
      List<float[]> found = model.logProbs(sequences, temperature, 3, Pulse.NONE);
      for (int i = 0; i < sequences.size(); i++) {
        double[] expected = reference.logProbs(sequences.get(i), temperature);
        for (int t = 0; t < expected.length; t++) {
          assertThat((double) found.get(i)[t]).isCloseTo(expected[t], within(1e-4));
        }
      }
    }
  }

  @Test
  void tokensThatDoNotCountAreReadAndNotScored() throws Exception {
    try (LanguageModel model = TinyModels.model(engine)) {
      int[] prompt = TinyModels.tokens(5, 3);
      int[] completion = TinyModels.tokens(6, 4);
      boolean[] mask = {true, false, false, true, true, false};
      Sequence masked = Sequence.masked(prompt, completion, mask);
      Sequence whole = new Sequence(prompt, completion);
      List<float[]> found = model.logProbs(List.of(masked, whole), 1, 2, Pulse.NONE);
      assertThat(found.get(0)).containsExactly(found.get(1)[0], found.get(1)[3], found.get(1)[4]);
    }
  }

  @Test
  void longRowsTakeAnotherAttentionWithTheSameResult() throws Exception {
    try (LanguageModel model = TinyModels.model(engine)) {
      ReferenceLlama reference = new ReferenceLlama(model.config(), model.files());
      Sequence sequence = new Sequence(TinyModels.tokens(390, 3), TinyModels.tokens(20, 4));
      float[] found = model.logProbs(List.of(sequence), 1, 1, Pulse.NONE).get(0);
      double[] expected = reference.logProbs(sequence, 1);
      for (int t = 0; t < expected.length; t++) {
        assertThat((double) found[t]).isCloseTo(expected[t], within(2e-4));
      }
    }
  }

  @Test
  void greedyGenerationIsTheArgMaxOfAFullForwardPass() throws Exception {
    try (LanguageModel model = TinyModels.model(engine)) {
      ReferenceLlama reference = new ReferenceLlama(model.config(), model.files());
      List<int[]> prompts = prompts(5);
      List<Completion> found =
          model.generate(prompts, TinyModels.sampling(0, 12, 3, 2), (i, t) -> 0, Pulse.NONE);
      for (int i = 0; i < prompts.size(); i++) {
        int[] ids = prompts.get(i);
        for (int token : found.get(i).tokens()) {
          double[] logits = reference.logits(ids)[ids.length - 1];
          assertThat(logits[token]).isCloseTo(max(logits), within(1e-4));
          ids = Arrays.copyOf(ids, ids.length + 1);
          ids[ids.length - 1] = token;
        }
      }
    }
  }

  @Test
  void refilledSlotsSampleWhatOneSlotEachSamples() {
    try (LanguageModel model = TinyModels.model(engine)) {
      List<int[]> prompts = prompts(11);
      Uniforms uniforms = TinyModels.uniforms();
      List<Completion> wide =
          model.generate(prompts, TinyModels.sampling(1, 20, 11, 11), uniforms, Pulse.NONE);
      List<Completion> refilled =
          model.generate(prompts, TinyModels.sampling(1, 20, 11, 3), uniforms, Pulse.NONE);
      List<Completion> chunked =
          model.generate(prompts, TinyModels.sampling(1, 20, 4, 2), uniforms, Pulse.NONE);
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(refilled.get(i).tokens()).isEqualTo(wide.get(i).tokens());
        assertThat(chunked.get(i).tokens()).isEqualTo(wide.get(i).tokens());
      }
      assertThat(wide).extracting(Completion::ended).contains(true, false);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "0.7", "0"})
  void samplersLogProbsAreTheLearners(double temperature) {
    try (LanguageModel model = TinyModels.model(engine)) {
      List<int[]> prompts = prompts(9);
      Uniforms uniforms = TinyModels.uniforms();
      List<Completion> sampled =
          model.generate(prompts, TinyModels.sampling(temperature, 25, 5, 2), uniforms, Pulse.NONE);
      List<Sequence> sequences = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        sequences.add(new Sequence(prompts.get(i), sampled.get(i).tokens()));
      }
      List<float[]> found = model.logProbs(sequences, temperature, 4, Pulse.NONE);
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(sampled.get(i).logProbs()).containsExactly(found.get(i), within(1e-4f));
      }
    }
  }

  @Test
  void aTokenIsTheFirstWhoseCumulativeProbabilityExceedsItsNumber() throws Exception {
    try (LanguageModel model = TinyModels.model(engine)) {
      double[] logits =
          new ReferenceLlama(model.config(), model.files()).logits(new int[] {5, 9})[1];
      double sum = Arrays.stream(logits).map(Math::exp).sum();
      for (float u = 0; u < 1; u += 0.0625f) {
        float number = u;
        int found =
            model
                .generate(
                    List.of(new int[] {5, 9}),
                    TinyModels.sampling(1, 1, 1, 1),
                    (i, t) -> number,
                    Pulse.NONE)
                .get(0)
                .tokens()[0];
        double below = 0;
        int expected = 0;
        while (below + Math.exp(logits[expected]) / sum <= u) {
          below += Math.exp(logits[expected++]) / sum;
        }
        assertThat(found).isEqualTo(expected);
      }
    }
  }

  @Test
  void completionsStopAtTheEndTokenOrAtTheLimit() {
    try (LanguageModel model = TinyModels.model(engine)) {
      Uniforms uniforms = TinyModels.uniforms();
      List<Completion> found =
          model.generate(prompts(30), TinyModels.sampling(1, 18, 8, 3), uniforms, Pulse.NONE);
      for (Completion completion : found) {
        int[] tokens = completion.tokens();
        assertThat(completion.logProbs()).hasSameSizeAs(tokens);
        assertThat(Arrays.copyOf(tokens, tokens.length - 1)).doesNotContain(TinyModels.END);
        assertThat(completion.ended()).isEqualTo(tokens[tokens.length - 1] == TinyModels.END);
        assertThat(completion.ended() || tokens.length == 18).isTrue();
      }
    }
  }

  @Test
  void bitsDoNotDependOnTheNumberOfThreads() {
    Uniforms uniforms = TinyModels.uniforms();
    List<List<Completion>> found = new ArrayList<>();
    for (int threads : new int[] {1, 2}) {
      try (Compute some = new Compute(threads);
          LanguageModel model = TinyModels.model(new Engine(some))) {
        found.add(
            model.generate(prompts(20), TinyModels.sampling(1, 18, 5, 3), uniforms, Pulse.NONE));
      }
    }
    for (int i = 0; i < 20; i++) {
      assertThat(found.get(1).get(i).logProbs()).isEqualTo(found.get(0).get(i).logProbs());
    }
  }

  @Test
  void copiesAreIndependentAndEqual() {
    try (LanguageModel model = TinyModels.model(engine);
        LanguageModel copy = model.copy();
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      assertThat(copy.files()).isEqualTo(model.files());
      learner.stepOnTokens(List.of(TinyModels.sequences(3, 2)), 32, 0.1, 0.01, Pulse.NONE);
      assertThat(copy.files()).isNotEqualTo(model.files());
    }
  }

  @Test
  void samplesFollowAnUpdateOfTheWeights() {
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      List<int[]> prompts = prompts(4);
      SamplingSpec sampling = TinyModels.sampling(1, 6, 4, 4);
      model.generate(prompts, sampling, TinyModels.uniforms(), Pulse.NONE);
      learner.stepOnTokens(List.of(TinyModels.sequences(5, 2)), 32, 0.1, 0.05, Pulse.NONE);
      List<Completion> after = model.generate(prompts, sampling, TinyModels.uniforms(), Pulse.NONE);
      try (LanguageModel fresh = model.copy()) {
        List<Completion> expected =
            fresh.generate(prompts, sampling, TinyModels.uniforms(), Pulse.NONE);
        for (int i = 0; i < prompts.size(); i++) {
          assertThat(after.get(i).logProbs()).isEqualTo(expected.get(i).logProbs());
        }
      }
    }
  }

  @Test
  void bfloat16IsCloseToFloat32() {
    Engine narrow = new Engine(compute, new Numerics("bfloat16", "cpu"));
    try (LanguageModel model = TinyModels.model(engine);
        LanguageModel rounded = TinyModels.model(narrow)) {
      List<Sequence> sequences = TinyModels.sequences(6, 1);
      List<float[]> exact = model.logProbs(sequences, 1, 3, Pulse.NONE);
      List<float[]> found = rounded.logProbs(sequences, 1, 3, Pulse.NONE);
      for (int i = 0; i < sequences.size(); i++) {
        assertThat(found.get(i)).containsExactly(exact.get(i), within(0.15f));
        assertThat(found.get(i)).isNotEqualTo(exact.get(i));
      }
      List<int[]> prompts = prompts(9);
      List<Completion> sampled =
          rounded.generate(
              prompts, TinyModels.sampling(1, 10, 9, 4), TinyModels.uniforms(), Pulse.NONE);
      List<Sequence> again = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        again.add(new Sequence(prompts.get(i), sampled.get(i).tokens()));
      }
      List<float[]> rescored = rounded.logProbs(again, 1, 9, Pulse.NONE);
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(sampled.get(i).logProbs()).containsExactly(rescored.get(i), within(0.15f));
      }
    }
  }

  @Test
  void nothingIsComputedForNothing() {
    try (LanguageModel model = TinyModels.model(engine)) {
      assertThat(model.logProbs(List.of(), 1, 4, Pulse.NONE)).isEmpty();
      assertThat(
              model.generate(List.of(), TinyModels.sampling(1, 4, 2, 2), (i, t) -> 0, Pulse.NONE))
          .isEmpty();
    }
  }

  private static List<int[]> prompts(int count) {
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(TinyModels.tokens(1 + (i * 5) % 7, i));
    }
    return prompts;
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }
}
