package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.recipes.SamplingSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterTest {

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

  /** Plain loops in float64: top-k, then top-p, then min-p. */
  private static boolean[] kept(double[] logits, int topK, double topP, double minP) {
    double highest = Arrays.stream(logits).max().orElseThrow();
    double[] weight = Arrays.stream(logits).map(y -> Math.exp(y - highest)).toArray();
    boolean[] kept = new boolean[logits.length];
    Arrays.fill(kept, true);
    if (topK > 0) {
      for (int i = 0; i < kept.length; i++) {
        int above = 0;
        for (double other : logits) {
          above += other > logits[i] ? 1 : 0;
        }
        kept[i] = above < topK;
      }
    }
    if (topP < 1) {
      double all =
          IntStream.range(0, kept.length).filter(i -> kept[i]).mapToDouble(i -> weight[i]).sum();
      List<Integer> likeliest = new ArrayList<>();
      for (int i = 0; i < kept.length; i++) {
        if (kept[i]) {
          likeliest.add(i);
        }
      }
      // Of tokens that are equally likely the one with the higher id comes first.
      likeliest.sort(
          (a, b) -> weight[a] != weight[b] ? Double.compare(weight[b], weight[a]) : b - a);
      double mass = 0;
      for (int i : likeliest) {
        kept[i] = mass == 0 || mass / all < topP;
        mass += weight[i];
      }
    }
    if (minP > 0) {
      for (int i = 0; i < kept.length; i++) {
        kept[i] &= weight[i] >= minP;
      }
    }
    return kept;
  }

  private static float[][] filtered(float[][] rows, int topK, double topP, double minP) {
    try (LanguageModel model = TinyModels.model(engine);
        NDManager scope = model.transformer().manager().newSubManager()) {
      Program program =
          Program.load(scope, "generation.py", "Generation", model.transformer().constants());
      NDList found =
          program.call(
              scope,
              "filtered",
              false,
              scope.create(rows),
              scope.create(new double[] {topK, topP, minP}));
      NDArray values = found.head();
      float[] flat = values.toFloatArray();
      int width = rows[0].length;
      float[][] result = new float[rows.length][];
      for (int i = 0; i < rows.length; i++) {
        result[i] = Arrays.copyOfRange(flat, i * width, (i + 1) * width);
      }
      assertThat(values.getShape()).isEqualTo(new Shape(rows.length, width));
      return result;
    }
  }

  private static double[] wide(float[] row) {
    return IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray();
  }

  private static float[][] rows(int count, int width) {
    NamedRandom random = new NamedRandom(3, "logits");
    float[][] rows = new float[count][width];
    for (int i = 0; i < count; i++) {
      for (int t = 0; t < width; t++) {
        // Few levels, so that there are many ties.
        rows[i][t] =
            i % 2 == 0 ? random.below(5, 0, i, 0, t) : (float) random.gaussian(0, i, 0, t) * 2;
      }
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 0",
    "3, 1, 0",
    "37, 1, 0",
    "40, 1, 0",
    "500, 1, 0",
    "0, 0.9, 0",
    "0, 0.51, 0",
    "0, 1e-9, 0",
    "0, 0.999, 0",
    "0, 1, 0.05",
    "0, 1, 0.3",
    "0, 1, 0.9999",
    "12, 0.8, 0",
    "12, 1, 0.2",
    "0, 0.7, 0.1",
    "9, 0.85, 0.12",
    "500, 0.95, 0.01"
  })
  void filtersAreThoseOfPlainLoops(int topK, double topP, double minP) {
    float[][] rows = rows(24, 40);
    float[][] found = filtered(rows, topK, topP, minP);
    for (int i = 0; i < rows.length; i++) {
      boolean[] expected = kept(wide(rows[i]), topK, topP, minP);
      for (int t = 0; t < expected.length; t++) {
        assertThat(found[i][t])
            .as("row %s token %s", i, t)
            .isEqualTo(expected[t] ? rows[i][t] : Float.NEGATIVE_INFINITY);
      }
    }
  }

  @Test
  void tiesAtTheEdgeAreKeptByTopKAndCutByTopP() {
    float half = (float) Math.log(0.5);
    float eighth = (float) Math.log(0.125);
    float[][] row = {{eighth, eighth, half, eighth, eighth}};
    float out = Float.NEGATIVE_INFINITY;
    assertThat(filtered(row, 2, 1, 0)[0]).containsExactly(row[0]);
    assertThat(filtered(row, 0, 0.7, 0)[0]).containsExactly(out, out, half, eighth, eighth);
    assertThat(filtered(row, 0, 0.4, 0)[0]).containsExactly(out, out, half, out, out);
    assertThat(filtered(row, 0, 1, 0.26)[0]).containsExactly(out, out, half, out, out);
  }

  @Test
  void oneOfEquallyLikelyTokensStaysHoweverSmallTopPIs() {
    float[][] row = {{1, 1, 1, 1}};
    assertThat(kept(wide(filtered(row, 0, 1e-12, 0)[0]))).isEqualTo(1);
    assertThat(kept(wide(filtered(row, 1, 1e-12, 0.999)[0]))).isEqualTo(1);
  }

  private static long kept(double[] row) {
    return Arrays.stream(row).filter(y -> y > Double.NEGATIVE_INFINITY).count();
  }

  @ParameterizedTest
  @CsvSource({
    "5, 1, 0, 1",
    "0, 0.6, 0, 0.7",
    "0, 1, 0.2, 1.3",
    "20, 0.8, 0.05, 0.9",
    "500, 0.5, 0, 1"
  })
  void aTokenIsTheFirstOfThoseThatAreLeft(int topK, double topP, double minP, double temperature)
      throws Exception {
    try (LanguageModel model = TinyModels.model(engine)) {
      double[] logits =
          Arrays.stream(
                  new ReferenceLlama(model.config(), model.files()).logits(new int[] {5, 9})[1])
              .map(y -> y / temperature)
              .toArray();
      boolean[] kept = kept(logits, topK, topP, minP);
      double all = Arrays.stream(logits).map(Math::exp).sum();
      double left =
          IntStream.range(0, kept.length)
              .filter(i -> kept[i])
              .mapToDouble(i -> Math.exp(logits[i]))
              .sum();
      assertThat(left).isLessThan(all);
      for (float u = 0; u < 1; u += 0.03125f) {
        float number = u;
        Completion found =
            model
                .generate(
                    List.of(new int[] {5, 9}),
                    sampling(temperature, 1, 1, 1, topK, topP, minP),
                    (i, t) -> number,
                    Pulse.NONE)
                .get(0);
        int expected = -1;
        for (double below = 0; below <= u * left; ) {
          expected++;
          below += kept[expected] ? Math.exp(logits[expected]) : 0;
        }
        assertThat(found.tokens()).containsExactly(expected);
        assertThat((double) found.logProbs()[0])
            .isCloseTo(logits[expected] - Math.log(all), within(1e-4));
      }
    }
  }

  @Test
  void theLargestNumberSamplesATokenThatIsLeft() {
    try (LanguageModel model = TinyModels.model(engine)) {
      float almostOne = Math.nextDown(1f);
      for (int id = 3; id < 40; id++) {
        List<int[]> prompt = List.of(new int[] {id});
        int greedy =
            model
                .generate(prompt, TinyModels.sampling(0, 1, 1, 1), (i, t) -> 0, Pulse.NONE)
                .get(0)
                .tokens()[0];
        assertThat(
                model
                    .generate(
                        prompt, sampling(1, 1, 1, 1, 1, 1, 0), (i, t) -> almostOne, Pulse.NONE)
                    .get(0)
                    .tokens())
            .containsExactly(greedy);
      }
    }
  }

  @Test
  void samplersLogProbsStayTheLearners() {
    try (LanguageModel model = TinyModels.model(engine)) {
      List<int[]> prompts = prompts(9);
      List<Completion> sampled =
          model.generate(
              prompts, sampling(0.7, 25, 5, 2, 12, 0.8, 0.02), TinyModels.uniforms(), Pulse.NONE);
      List<Sequence> sequences = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        sequences.add(new Sequence(prompts.get(i), sampled.get(i).tokens()));
      }
      List<float[]> found = model.logProbs(sequences, 0.7, 4, Pulse.NONE);
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(sampled.get(i).logProbs()).containsExactly(found.get(i), within(1e-4f));
      }
    }
  }

  @Test
  void neitherSlotsNorChunksNorThreadsChangeWhatIsSampled() {
    List<List<int[]>> found = new ArrayList<>();
    List<List<float[]>> bits = new ArrayList<>();
    for (int threads : new int[] {1, 2}) {
      try (Compute some = new Compute(threads);
          LanguageModel model = TinyModels.model(new Engine(some))) {
        for (int[] shape : new int[][] {{11, 11}, {11, 3}, {4, 2}}) {
          List<Completion> sampled =
              model.generate(
                  prompts(11),
                  sampling(1, 20, shape[0], shape[1], 15, 0.9, 0.01),
                  TinyModels.uniforms(),
                  Pulse.NONE);
          found.add(sampled.stream().map(Completion::tokens).toList());
          bits.add(sampled.stream().map(Completion::logProbs).toList());
        }
      }
    }
    for (int run = 1; run < found.size(); run++) {
      for (int i = 0; i < 11; i++) {
        assertThat(found.get(run).get(i)).isEqualTo(found.get(0).get(i));
        assertThat(bits.get(run).get(i)).isEqualTo(bits.get(run % 3).get(i));
      }
    }
  }

  @Test
  void filtersThatLeaveEverythingSampleWhatNoFilterSamples() {
    try (LanguageModel model = TinyModels.model(engine)) {
      List<Completion> without =
          model.generate(
              prompts(9), TinyModels.sampling(1, 20, 9, 4), TinyModels.uniforms(), Pulse.NONE);
      List<Completion> with =
          model.generate(
              prompts(9),
              sampling(1, 20, 9, 4, TinyModels.VOCABULARY, 1, 1e-30),
              TinyModels.uniforms(),
              Pulse.NONE);
      for (int i = 0; i < without.size(); i++) {
        assertThat(with.get(i).tokens()).isEqualTo(without.get(i).tokens());
        assertThat(with.get(i).logProbs()).isEqualTo(without.get(i).logProbs());
      }
    }
  }

  private static SamplingSpec sampling(
      double temperature, int tokens, int chunk, int slots, int topK, double topP, double minP) {
    return new SamplingSpec(temperature, tokens, chunk, slots, topK, topP, minP, Optional.empty());
  }

  private static List<int[]> prompts(int count) {
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(TinyModels.tokens(1 + (i * 5) % 7, i));
    }
    return prompts;
  }
}
