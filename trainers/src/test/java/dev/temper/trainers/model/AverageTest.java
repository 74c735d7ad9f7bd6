package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.temper.recipes.LoraSpec;
import dev.temper.recipes.OptimizerSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AverageTest {

  private static final double DECAY = 0.8;
  private static final List<Sequence> SEQUENCES = TinyModels.sequences(4, 8);

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

  private static Learner learner(LanguageModel model, Optional<LoraSpec> lora) {
    return Learner.of(engine, model, TinyModels.averaged(DECAY, lora), 0);
  }

  private static Optional<LoraSpec> lora(boolean with) {
    return with ? Optional.of(TinyModels.lora("q_proj", "down_proj")) : Optional.empty();
  }

  private static void step(Learner learner) {
    learner.stepOnTokens(List.of(SEQUENCES), 24, 0.3, 0.05, Pulse.NONE);
  }

  private static Map<String, float[]> values(ByteBuffer file) throws IOException {
    Map<String, float[]> values = new TreeMap<>();
    SafeTensors.read("tensors", file.duplicate())
        .forEach(
            (name, tensor) -> {
              float[] floats = new float[(int) tensor.count()];
              tensor.values().get(floats);
              values.put(name, floats);
            });
    return values;
  }

  private static Map<String, float[]> weights(LanguageModel model) throws IOException {
    return values(model.files().get("model.safetensors"));
  }

  private static Map<String, float[]> adapter(Learner learner) throws IOException {
    return values(learner.adapter().get("adapter_model.safetensors"));
  }

  private static void fold(Map<String, float[]> average, Map<String, float[]> weights) {
    average.forEach(
        (name, floats) -> {
          for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) (DECAY * floats[i] + (1 - DECAY) * weights.get(name)[i]);
          }
        });
  }

  private static void assertClose(Map<String, float[]> found, Map<String, float[]> expected) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    found.forEach(
        (name, floats) ->
            assertThat(floats).as(name).containsExactly(expected.get(name), within(1e-6f)));
  }

  @Test
  void theResultIsTheAverageOverTheStepsAndTheWeightsGoOnUnchanged() throws IOException {
    try (LanguageModel model = TinyModels.model(engine);
        LanguageModel plain = TinyModels.model(engine);
        Learner learner = learner(model, Optional.empty());
        Learner without =
            Learner.of(engine, plain, TinyModels.optimizer("adamw", Optional.empty()), 0)) {
      Map<String, float[]> average = weights(model);
      for (int i = 0; i < 5; i++) {
        step(learner);
        step(without);
        fold(average, weights(model));
        Map<String, float[]> result = learner.onResult(() -> weights(model));
        assertClose(result, average);
        assertThat(model.files()).isEqualTo(plain.files());
      }
      assertThat(weights(model)).isNotEqualTo(average);
      assertThat(learner.averages()).isTrue();
      assertThat(without.averages()).isFalse();
      assertThat(without.onResult(model::files)).isEqualTo(model.files());
    }
  }

  @Test
  void ofAnAdapterItsFactorsAreAveragedAndTheResultIsTheirProduct() throws IOException {
    String v = "model.layers.0.self_attn.q_proj.";
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = learner(model, lora(true))) {
      Map<String, float[]> base = weights(model);
      Map<String, float[]> average = adapter(learner);
      for (int i = 0; i < 3; i++) {
        step(learner);
        fold(average, adapter(learner));
      }
      Map<String, ByteBuffer> before = model.files();
      Map<String, float[]> factors = learner.onResult(() -> adapter(learner));
      Map<String, float[]> merged = learner.onResult(() -> weights(model));
      assertClose(factors, average);
      float[] a = average.get("base_model.model." + v + "lora_A.weight");
      float[] b = average.get("base_model.model." + v + "lora_B.weight");
      float[] expected = base.get(v + "weight");
      int columns = a.length / 3;
      for (int i = 0; i < expected.length; i++) {
        for (int k = 0; k < 3; k++) {
          expected[i] += 2 * b[i / columns * 3 + k] * a[k * columns + i % columns];
        }
      }
      assertThat(merged.get(v + "weight")).containsExactly(expected, within(1e-5f));
      assertThat(model.files()).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRestoredAverageGoesOnBitForBit(boolean lora) throws IOException {
    MemoryCheckpoint checkpoint = new MemoryCheckpoint();
    Map<String, ByteBuffer> uninterrupted;
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = learner(model, lora(lora))) {
      step(learner);
      step(learner);
      model.save(checkpoint, "policy/");
      learner.save(checkpoint, "learner/");
      step(learner);
      uninterrupted = learner.onResult(model::files);
    }
    try (LanguageModel model = LanguageModel.restore(engine, checkpoint, "policy/");
        Learner learner = learner(model, lora(lora))) {
      learner.restore(checkpoint, "learner/");
      step(learner);
      assertThat(learner.onResult(model::files)).isEqualTo(uninterrupted);
    }
  }

  @Test
  void withoutAnAverageCheckpointsAreWhatTheyWere() throws IOException {
    OptimizerSpec spec = TinyModels.optimizer("adamw", Optional.empty());
    MemoryCheckpoint checkpoint = new MemoryCheckpoint();
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = Learner.of(engine, model, spec, 0)) {
      learner.save(checkpoint, "");
    }
    assertThat(checkpoint.paths()).containsExactly("optimizer.safetensors", "optimizer.steps");
  }
}
