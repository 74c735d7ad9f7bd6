package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.temper.recipes.Numerics;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checkpoints of other makers, see {@code src/test/python/make_families.py}. */
class FamilyCheckpointsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** As the script stores them. */
  private static final int PROMPT = 5;

  private static Compute compute;
  private static Engine engine;
  @TempDir private static Path temporary;

  @BeforeAll
  static void start() {
    compute = new Compute(1);
    engine = new Engine(compute);
  }

  @AfterAll
  static void stop() {
    compute.close();
  }

  private static Path folder(String family) throws URISyntaxException {
    return Path.of(FamilyCheckpointsTest.class.getResource("/families/" + family).toURI());
  }

  /** Where saved models go: somewhere to stay with {@code -Dtemper.families=FOLDER}. */
  private static Path saved(String family) throws IOException {
    Path root =
        Optional.ofNullable(System.getProperty("temper.families")).map(Path::of).orElse(temporary);
    return Files.createDirectories(root.resolve(family));
  }

  private static List<int[]> ids(JsonNode rows) {
    List<int[]> all = new ArrayList<>();
    for (JsonNode row : rows) {
      all.add(IntStream.range(0, row.size()).map(i -> row.get(i).asInt()).toArray());
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama2",
        "llama3",
        "llama-biases",
        "mistral",
        "qwen2",
        "qwen2-window",
        "qwen3",
        "olmo2",
        "smollm3",
        "gemma2",
        "gemma3"
      })
  void logitsAndGreedyCompletionsAreThoseOfTransformers(String family) throws Exception {
    Path folder = folder(family);
    JsonNode expected = JSON.readTree(folder.resolve("expected.json").toFile());
    Map<String, StoredTensor> tensors = SafeTensors.read(folder.resolve("expected.safetensors"));
    List<int[]> rows = ids(expected.get("ids"));
    int[] whole = ids(JSON.createArrayNode().add(expected.get("long"))).get(0);
    try (LanguageModel model = LanguageModel.load(engine, folder)) {
      double worst =
          Math.max(
              difference(logits(model, rows, 0), tensors.get("logits").values()),
              difference(logits(model, List.of(whole), 396), tensors.get("last").values()));
      report(family, worst);
      assertThat(worst).isLessThan(1e-4);
      assertGreedy(model, rows, ids(expected.get("greedy")));
      assertSavedIsRead(model, saved(family));
      assertSamplerAgreesWithLearner(model, rows);
      assertTrains(model, rows);
    }
    assertRunsInBfloat16(folder, rows);
  }

  private static void report(String family, double worst) {
    if (System.getProperty("temper.families") != null) {
      System.out.printf("%-16s %.2e%n", family, worst);
    }
  }

  /** Logits of all positions from one on, row by row. */
  private static float[] logits(LanguageModel model, List<int[]> rows, int from) {
    try (NDManager scope = model.transformer().manager().newSubManager()) {
      List<Sequence> sequences = rows.stream().map(FamilyCheckpointsTest::sequence).toList();
      int width = rows.get(0).length;
      NDList inputs = PackedRows.whole(sequences, 1).inputs(scope);
      long[] at =
          IntStream.range(0, rows.size() * width)
              .filter(i -> i % width >= from)
              .asLongStream()
              .toArray();
      NDArray found =
          model
              .transformer()
              .program()
              .call(
                  scope,
                  "logits",
                  false,
                  model.transformer().weights(),
                  inputs.get(0),
                  inputs.get(1),
                  inputs.get(2),
                  scope.create(at))
              .head();
      return found.toFloatArray();
    }
  }

  private static Sequence sequence(int[] row) {
    return new Sequence(Arrays.copyOf(row, PROMPT), Arrays.copyOfRange(row, PROMPT, row.length));
  }

  private static double difference(float[] found, FloatBuffer expected) {
    assertThat(found).hasSize(expected.remaining());
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      worst = Math.max(worst, Math.abs(found[i] - expected.get(i)));
    }
    return worst;
  }

  private static void assertGreedy(LanguageModel model, List<int[]> rows, List<int[]> expected) {
    List<int[]> prompts = rows.stream().map(row -> Arrays.copyOf(row, PROMPT)).toList();
    List<Completion> found =
        model.generate(prompts, TinyModels.sampling(0, 16, 2, 2), (i, t) -> 0, Pulse.NONE);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(found.get(i).tokens()).containsExactly(expected.get(i));
      assertThat(found.get(i).ended()).isEqualTo(expected.get(i).length < 16);
    }
  }

  private static void assertSavedIsRead(LanguageModel model, Path folder) throws IOException {
    TinyModels.write(model.files(), folder);
    MemoryCheckpoint checkpoint = new MemoryCheckpoint();
    model.save(checkpoint, "policy/");
    try (LanguageModel read = LanguageModel.load(engine, folder);
        LanguageModel restored = LanguageModel.restore(engine, checkpoint, "policy/")) {
      assertThat(read.config()).isEqualTo(model.config());
      assertThat(read.files()).isEqualTo(model.files());
      assertThat(restored.config()).isEqualTo(model.config());
      assertThat(restored.files()).isEqualTo(model.files());
    }
  }

  /** Decoding with a cache, and whole packed rows: two programs for the same numbers. */
  private static void assertSamplerAgreesWithLearner(LanguageModel model, List<int[]> rows) {
    List<int[]> prompts = new ArrayList<>();
    for (int length : new int[] {1, 9, 14}) {
      prompts.add(Arrays.copyOf(rows.get(0), length));
    }
    List<Completion> sampled =
        model.generate(
            prompts, TinyModels.sampling(1, 12, 3, 2), TinyModels.uniforms(), Pulse.NONE);
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      sequences.add(new Sequence(prompts.get(i), sampled.get(i).tokens()));
    }
    List<float[]> found = model.logProbs(sequences, 1, 3, Pulse.NONE);
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(sampled.get(i).logProbs()).containsExactly(found.get(i), within(1e-4f));
    }
  }

  private static void assertTrains(LanguageModel model, List<int[]> rows) {
    List<Sequence> sequences = rows.stream().map(FamilyCheckpointsTest::sequence).toList();
    double before = logProb(model, sequences);
    try (Learner learner = Learner.of(engine, model, TinyModels.optimizer(1), 0)) {
      for (int i = 0; i < 3; i++) {
        learner.stepOnTokens(List.of(sequences), 64, 0.05, 0.01, Pulse.NONE);
      }
    }
    assertThat(logProb(model, sequences)).isGreaterThan(before + 0.5);
  }

  private static double logProb(LanguageModel model, List<Sequence> sequences) {
    double sum = 0;
    int count = 0;
    for (float[] row : model.logProbs(sequences, 1, 2, Pulse.NONE)) {
      for (float value : row) {
        sum += value;
        count++;
      }
    }
    return sum / count;
  }

  private static void assertRunsInBfloat16(Path folder, List<int[]> rows) throws IOException {
    Engine narrow = new Engine(compute, new Numerics("bfloat16", "cpu"));
    try (LanguageModel model = LanguageModel.load(engine, folder);
        LanguageModel rounded = LanguageModel.load(narrow, folder)) {
      List<Sequence> sequences = rows.stream().map(FamilyCheckpointsTest::sequence).toList();
      assertThat(logProb(rounded, sequences)).isCloseTo(logProb(model, sequences), within(0.2));
      List<int[]> prompts = List.of(rows.get(0), rows.get(1));
      List<Completion> sampled =
          rounded.generate(
              prompts, TinyModels.sampling(1, 6, 2, 2), TinyModels.uniforms(), Pulse.NONE);
      assertThat(sampled).allSatisfy(c -> assertThat(c.logProbs()).doesNotContain(Float.NaN));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-reward", "mistral-reward", "qwen2-reward", "qwen3-reward"})
  void scoresAreThoseOfTransformers(String family) throws Exception {
    Path folder = folder(family);
    JsonNode expected = JSON.readTree(folder.resolve("expected.json").toFile());
    FloatBuffer scores =
        SafeTensors.read(folder.resolve("expected.safetensors")).get("scores").values();
    try (RewardModel model = RewardModel.load(engine, folder)) {
      List<Sequence> sequences =
          ids(expected.get("ids")).stream()
              .map(
                  row ->
                      new Sequence(Arrays.copyOf(row, 1), Arrays.copyOfRange(row, 1, row.length)))
              .toList();
      double worst = difference(model.scores(sequences, 4, Pulse.NONE), scores);
      report(family, worst);
      assertThat(worst).isLessThan(1e-4);
      Path copy = saved(family);
      TinyModels.write(model.files(), copy);
      try (RewardModel read = RewardModel.load(engine, copy)) {
        assertThat(read.files()).isEqualTo(model.files());
        assertThat(read.config()).isEqualTo(model.config());
      }
    }
  }
}
