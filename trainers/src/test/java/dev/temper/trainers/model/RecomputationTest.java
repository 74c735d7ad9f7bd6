package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.temper.recipes.LoraSpec;
import dev.temper.recipes.Numerics;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers that are computed again give the bits of layers that were kept. */
class RecomputationTest {

  private static final int ROW_TOKENS = 24;

  private static Compute compute;

  @BeforeAll
  static void start() {
    compute = new Compute(2);
  }

  @AfterAll
  static void stop() {
    compute.close();
  }

  private static Engine engine(String format, boolean recompute) {
    return new Engine(
        compute, new Numerics(format, "cpu", recompute ? Optional.of(true) : Optional.empty()));
  }

  /** Makes a model with an engine. */
  private interface Maker {
    LanguageModel make(Engine engine) throws IOException;
  }

  /** Weights after steps on tokens and on a loss, which show every gradient that differs. */
  private static Map<String, ByteBuffer> trained(
      Engine engine, Maker maker, Optional<LoraSpec> lora, List<Sequence> sequences)
      throws IOException {
    OptimizerSpec spec = TinyModels.optimizer("adamw", lora);
    try (LanguageModel model = maker.make(engine);
        Learner learner = Learner.of(engine, model, spec, 0.7, 0)) {
      int half = sequences.size() / 2;
      List<List<Sequence>> microBatches =
          List.of(sequences.subList(0, half), sequences.subList(half, sequences.size()));
      for (int i = 0; i < 2; i++) {
        learner.stepOnTokens(microBatches, ROW_TOKENS, 0.05, 0.01, Pulse.NONE);
        learner.step(
            microBatches,
            ROW_TOKENS,
            (index, logp, mask) -> new Loss(Scalars.times(logp.square().sum(), 0.01), Map.of()),
            0.01,
            Pulse.NONE);
      }
      return model.files();
    }
  }

  private static void assertSame(
      String format, Maker maker, Optional<LoraSpec> lora, List<Sequence> sequences)
      throws IOException {
    Map<String, ByteBuffer> kept = trained(engine(format, false), maker, lora, sequences);
    Map<String, ByteBuffer> again = trained(engine(format, true), maker, lora, sequences);
    assertThat(again).isEqualTo(kept);
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
  void ofEveryFamilyTheGradientsHaveTheSameBits(String family) throws Exception {
    Path folder = Path.of(RecomputationTest.class.getResource("/families/" + family).toURI());
    List<Sequence> sequences = TinyModels.sequences(6, 4);
    for (String format : List.of("float32", "bfloat16")) {
      assertSame(format, engine -> LanguageModel.load(engine, folder), Optional.empty(), sequences);
    }
  }

  @ParameterizedTest
  @CsvSource({"true, float32", "false, float32", "true, bfloat16", "false, bfloat16"})
  void ofAnAdapterTheGradientsHaveTheSameBits(boolean tied, String format) throws Exception {
    assertSame(
        format,
        engine -> TinyModels.model(engine, TinyModels.config(tied)),
        Optional.of(TinyModels.lora("q_proj", "down_proj")),
        TinyModels.sequences(6, 4));
  }

  @Test
  void ofLongRowsTheGradientsHaveTheSameBits() throws Exception {
    Path folder = Path.of(RecomputationTest.class.getResource("/families/qwen2").toURI());
    List<Sequence> sequences =
        List.of(
            new Sequence(TinyModels.tokens(200, 1), TinyModels.tokens(200, 2)),
            new Sequence(TinyModels.tokens(40, 3), TinyModels.tokens(20, 4)));
    assertSame(
        "float32", engine -> LanguageModel.load(engine, folder), Optional.empty(), sequences);
  }

  @Test
  void ofARewardModelTheGradientsHaveTheSameBits(@TempDir Path folder) throws Exception {
    try (LanguageModel policy = TinyModels.model(engine("float32", false))) {
      TinyModels.write(policy.files(), folder);
    }
    assertThat(scored(folder, true)).isEqualTo(scored(folder, false));
  }

  private static Map<String, ByteBuffer> scored(Path folder, boolean recompute) throws IOException {
    Engine engine = engine("float32", recompute);
    List<Sequence> sequences = TinyModels.sequences(6, 4);
    try (RewardModel model =
            RewardModel.fromPolicy(engine, folder, new NamedRandom(1, "reward-head"));
        Learner learner = Learner.of(engine, model, TinyModels.optimizer("adamw"), 0)) {
      for (int i = 0; i < 2; i++) {
        learner.stepOnScores(
            List.of(sequences.subList(0, 2), sequences.subList(2, 6)),
            ROW_TOKENS,
            (index, scores) -> new Loss(scores.square().sum(), Map.of()),
            0.01,
            Pulse.NONE);
      }
      return model.files();
    }
  }
}
