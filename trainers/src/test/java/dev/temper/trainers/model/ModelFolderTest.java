package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFolderTest {

  private static Compute compute;
  private static Engine engine;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    compute = new Compute(1);
    engine = new Engine(compute);
  }

  @AfterAll
  static void stop() {
    compute.close();
  }

  private void write(Map<String, ByteBuffer> files) throws IOException {
    TinyModels.write(files, folder);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLanguageModelComesBackBitForBit(boolean tied) throws IOException {
    try (LanguageModel model = TinyModels.model(engine, TinyModels.config(tied))) {
      write(model.files());
      try (LanguageModel loaded = LanguageModel.load(engine, folder)) {
        assertThat(loaded.config()).isEqualTo(model.config());
        assertThat(loaded.files()).isEqualTo(model.files());
        List<Sequence> sequences = TinyModels.sequences(4, 1);
        assertThat(loaded.logProbs(sequences, 1, 2, Pulse.NONE).get(3))
            .isEqualTo(model.logProbs(sequences, 1, 2, Pulse.NONE).get(3));
      }
    }
  }

  @Test
  void tensorsHaveTheNamesAndShapesOfTransformers() throws IOException {
    try (LanguageModel model = TinyModels.model(engine, TinyModels.config(false))) {
      Map<String, SafeTensors.Stored> stored =
          SafeTensors.read("model", model.files().get("model.safetensors"));
      Map<String, List<Long>> shapes = new TreeMap<>();
      stored.forEach(
          (name, tensor) -> {
            if (!name.contains("layers.1.")) {
              shapes.put(name, Arrays.stream(tensor.shape()).boxed().toList());
            }
          });
      String layer = "model.layers.0.";
      assertThat(shapes)
          .isEqualTo(
              new TreeMap<>(
                  Map.ofEntries(
                      Map.entry("model.embed_tokens.weight", List.of(40L, 24L)),
                      Map.entry(layer + "input_layernorm.weight", List.of(24L)),
                      Map.entry(layer + "self_attn.q_proj.weight", List.of(32L, 24L)),
                      Map.entry(layer + "self_attn.k_proj.weight", List.of(16L, 24L)),
                      Map.entry(layer + "self_attn.v_proj.weight", List.of(16L, 24L)),
                      Map.entry(layer + "self_attn.o_proj.weight", List.of(24L, 32L)),
                      Map.entry(layer + "post_attention_layernorm.weight", List.of(24L)),
                      Map.entry(layer + "mlp.gate_proj.weight", List.of(40L, 24L)),
                      Map.entry(layer + "mlp.up_proj.weight", List.of(40L, 24L)),
                      Map.entry(layer + "mlp.down_proj.weight", List.of(24L, 40L)),
                      Map.entry("model.norm.weight", List.of(24L)),
                      Map.entry("lm_head.weight", List.of(40L, 24L)))));
    }
  }

  @Test
  void aRewardModelComesBackBitForBit() throws IOException {
    try (LanguageModel policy = TinyModels.model(engine)) {
      write(policy.files());
    }
    try (RewardModel model = RewardModel.fromPolicy(engine, folder, new NamedRandom(1, "head"))) {
      write(model.files());
      List<Sequence> sequences = TinyModels.sequences(4, 1);
      MemoryCheckpoint checkpoint = new MemoryCheckpoint();
      model.save(checkpoint, "reward/");
      try (RewardModel loaded = RewardModel.load(engine, folder);
          RewardModel restored = RewardModel.restore(engine, checkpoint, "reward/")) {
        assertThat(loaded.files()).isEqualTo(model.files());
        assertThat(restored.scores(sequences, 2, Pulse.NONE))
            .isEqualTo(model.scores(sequences, 2, Pulse.NONE));
      }
    }
  }

  @Test
  void aRewardModelIsNoLanguageModel() throws IOException {
    try (LanguageModel policy = TinyModels.model(engine)) {
      write(policy.files());
    }
    assertThatThrownBy(() -> RewardModel.load(engine, folder))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining("must be LlamaForSequenceClassification, got LlamaForCausalLM");
  }

  private void assertRefused(
      Consumer<Map<String, SafeTensors.Stored>> change, StageFailure.Type type, String message)
      throws IOException {
    try (LanguageModel model = TinyModels.model(engine)) {
      Map<String, ByteBuffer> files = model.files();
      Map<String, SafeTensors.Stored> tensors =
          SafeTensors.read("model", files.get("model.safetensors"));
      change.accept(tensors);
      files.put("model.safetensors", SafeTensors.write(tensors));
      write(files);
    }
    assertThatThrownBy(() -> LanguageModel.load(engine, folder))
        .isInstanceOfSatisfying(StageFailure.class, e -> assertThat(e.type()).isEqualTo(type))
        .hasMessageContaining(message);
  }

  @Test
  void aMissingTensorIsNamed() throws IOException {
    assertRefused(
        tensors -> tensors.remove("model.norm.weight"),
        StageFailure.Type.ARTIFACT_CORRUPT,
        "model.norm.weight must have shape [24], got none");
  }

  @Test
  void aTensorOfAnotherShapeIsNamed() throws IOException {
    assertRefused(
        tensors ->
            tensors.put(
                "model.norm.weight",
                new SafeTensors.Stored(new long[] {3}, FloatBuffer.allocate(3))),
        StageFailure.Type.ARTIFACT_CORRUPT,
        "model.norm.weight must have shape [24], got [3]");
  }

  @Test
  void aTensorThatWouldBeLeftOutIsNamed() throws IOException {
    assertRefused(
        tensors ->
            tensors.put(
                "model.layers.0.self_attn.q_proj.bias",
                new SafeTensors.Stored(new long[] {32}, FloatBuffer.allocate(32))),
        StageFailure.Type.INVALID_SPEC,
        "unknown tensors [model.layers.0.self_attn.q_proj.bias]");
  }

  @Test
  void weightsInSeveralFilesAreRefused() throws IOException {
    try (LanguageModel model = TinyModels.model(engine)) {
      write(model.files());
    }
    Files.writeString(folder.resolve("model.safetensors.index.json"), "{}");
    assertThatThrownBy(() -> LanguageModel.load(engine, folder))
        .hasMessageContaining("its weights are in more than one file");
  }
}
