package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import dev.temper.recipes.LoraSpec;
import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.family.Head;
import dev.temper.trainers.model.family.HuggingFaceConfig;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LowRankTest {

  private static final int ROW_TOKENS = 24;
  private static final String Q = "model.layers.0.self_attn.q_proj.weight";
  private static final String V = "model.layers.0.self_attn.v_proj.weight";
  private static final String A = "base_model.model.model.layers.0.self_attn.v_proj.lora_A.weight";
  private static final String B = "base_model.model.model.layers.0.self_attn.v_proj.lora_B.weight";

  private static final NamedRandom RANDOM = new NamedRandom(1, "lora");

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

  @Test
  void theWeightsAreTheirBasePlusTheScaledProductAndOthersStay() throws Exception {
    try (LanguageModel model = TinyModels.model(engine);
        Learner learner = learner(model, TinyModels.lora("v_proj", "up_proj"))) {
      Map<String, StoredTensor> before = weights(model);
      learner.stepOnTokens(List.of(TinyModels.sequences(4, 8)), ROW_TOKENS, 0.3, 0.01, Pulse.NONE);
      Map<String, StoredTensor> after = weights(model);
      Map<String, StoredTensor> adapter = adapter(learner);

      assertThat(values(after, Q)).isEqualTo(values(before, Q));
      assertThat(values(after, V)).isNotEqualTo(values(before, V));
      float[] a = values(adapter, A);
      float[] b = values(adapter, B);
      int columns = (int) before.get(V).shape()[1];
      for (int i = 0; i < values(before, V).length; i++) {
        double sum = 0;
        for (int k = 0; k < 3; k++) {
          sum += (double) b[i / columns * 3 + k] * a[k * columns + i % columns];
        }
        assertThat((double) values(after, V)[i])
            .isCloseTo(values(before, V)[i] + 2 * sum, within(1e-6));
      }
    }
  }

  @Test
  void adapterGradientsAreThoseOfFiniteDifferences() {
    // B is 0 at the start, so that only it has a gradient: 2 dW A^T for a scale of 2.
    List<Sequence> sequences = TinyModels.sequences(4, 8);
    try (LanguageModel model = TinyModels.model(engine)) {
      LowRank lowRank;
      try (NDManager scope = model.transformer().manager().newSubManager()) {
        lowRank = new LowRank(model.transformer(), TinyModels.lora("v_proj"), RANDOM, scope);
        List<Trainable> tensors = lowRank.tensors();
        Trainable first =
            tensors.stream().filter(t -> t.name().contains("lora_B")).findFirst().orElseThrow();
        double h = 1e-2;
        first.value().set(new NDIndex(1, 2), h);
        lowRank.updated(scope);
        double up = loss(model, sequences);
        first.value().set(new NDIndex(1, 2), -h);
        lowRank.updated(scope);
        double down = loss(model, sequences);
        first.value().set(new NDIndex(1, 2), 0);
        lowRank.updated(scope);
        NDList ofWeights = gradients(model, scope, sequences);
        NDList found = lowRank.gradients(scope, ofWeights);
        double analytic = found.get(tensors.indexOf(first)).getFloat(1, 2);
        assertThat(analytic).isCloseTo((up - down) / (2 * h), within(2e-2 * Math.abs(analytic)));
        assertThat(found.get(0).toFloatArray()).containsOnly(0);
      }
    }
  }

  @Test
  void aRewardModelTrainsItsHeadAsAWhole() {
    try (Transformer transformer =
            Transformer.create(
                engine,
                HuggingFaceConfig.of(TinyModels.config(true)),
                Head.SCORE,
                (owner, parameter) -> new NDList(owner.zeros(parameter.shape())));
        NDManager scope = transformer.manager().newSubManager()) {
      LowRank lowRank = new LowRank(transformer, TinyModels.lora("q_proj"), RANDOM, scope);
      assertThat(lowRank.tensors())
          .extracting(Trainable::name)
          .contains("score.weight")
          .doesNotContain("model.norm.weight");
    }
  }

  @Test
  void aLayerThatIsNotThereIsRefusedWithTheNearestName() {
    try (LanguageModel model = TinyModels.model(engine)) {
      assertThatThrownBy(() -> learner(model, TinyModels.lora("q_proj", "w_proj")))
          .isInstanceOf(StageFailure.class)
          .hasMessageContaining("got 'w_proj'")
          .hasMessageContaining("q_proj")
          .hasMessageContaining("did you mean");
    }
  }

  @Test
  void theConfigSaysWhatPeftAsks() {
    String config =
        StandardCharsets.UTF_8
            .decode(PeftConfig.write(new LoraSpec(8, 16, List.of("q_proj"), true), false))
            .toString();
    assertThat(config)
        .contains("\"r\" : 8", "\"lora_alpha\" : 16.0", "\"use_rslora\" : true", "q_proj");
  }

  private static Learner learner(LanguageModel model, LoraSpec lora) {
    return Learner.of(engine, model, TinyModels.optimizer("adamw", Optional.of(lora)), 1);
  }

  private static double loss(LanguageModel model, List<Sequence> sequences) {
    double sum = 0;
    for (float[] logProbs : model.logProbs(sequences, 1, 8, Pulse.NONE)) {
      for (float logProb : logProbs) {
        sum -= 0.3 * logProb;
      }
    }
    return sum;
  }

  private static NDList gradients(LanguageModel model, NDManager scope, List<Sequence> sequences) {
    PackedRows rows = PackedRows.predicting(sequences, ROW_TOKENS);
    NDList inputs = rows.inputs(scope);
    return model
        .transformer()
        .program()
        .call(
            scope,
            "token_gradients",
            true,
            model.transformer().weights(),
            inputs.get(0),
            inputs.get(1),
            inputs.get(2),
            rows.labelled(scope),
            rows.targets(scope),
            scope.create(0.3))
        .subNDList(1);
  }

  private static Map<String, StoredTensor> weights(LanguageModel model) throws IOException {
    return SafeTensors.read("weights", model.files().get("model.safetensors"));
  }

  private static Map<String, StoredTensor> adapter(Learner learner) throws IOException {
    return SafeTensors.read("adapter", learner.adapter().get("adapter_model.safetensors"));
  }

  private static float[] values(Map<String, StoredTensor> all, String name) {
    FloatBuffer values = all.get(name).values();
    float[] array = new float[values.remaining()];
    values.get(array);
    return array;
  }
}
