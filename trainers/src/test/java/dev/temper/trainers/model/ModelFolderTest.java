package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.Compute;
import dev.temper.trainers.Pulse;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.random.NamedRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
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
      Map<String, StoredTensor> stored =
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
      Consumer<Map<String, StoredTensor>> change, StageFailure.Type type, String message)
      throws IOException {
    try (LanguageModel model = TinyModels.model(engine)) {
      Map<String, ByteBuffer> files = model.files();
      Map<String, StoredTensor> tensors = SafeTensors.read("model", files.get("model.safetensors"));
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
                "model.norm.weight", new StoredTensor(new long[] {3}, FloatBuffer.allocate(3))),
        StageFailure.Type.ARTIFACT_CORRUPT,
        "model.norm.weight must have shape [24], got [3]");
  }

  @Test
  void aTensorThatWouldBeLeftOutIsNamed() throws IOException {
    assertRefused(
        tensors ->
            tensors.put(
                "model.layers.0.self_attn.q_proj.bias",
                new StoredTensor(new long[] {32}, FloatBuffer.allocate(32))),
        StageFailure.Type.INVALID_SPEC,
        "unknown tensors [model.layers.0.self_attn.q_proj.bias]");
  }

  private Map<String, ByteBuffer> sharded() throws IOException {
    Map<String, ByteBuffer> files = new TreeMap<>();
    try (LanguageModel model = TinyModels.model(engine)) {
      model.transformer().write(new TensorFiles("model", 8192), files::put);
    }
    write(files);
    return files;
  }

  @Test
  void aLargeModelIsSavedInShards() throws IOException {
    Map<String, ByteBuffer> files = sharded();
    assertThat(files.keySet())
        .hasSizeGreaterThan(4)
        .contains("model.safetensors.index.json", "model-00001-of-00007.safetensors")
        .doesNotContain("model.safetensors");
    try (LanguageModel model = TinyModels.model(engine);
        LanguageModel loaded = LanguageModel.load(engine, folder)) {
      assertThat(loaded.files()).isEqualTo(model.files());
      assertThat(new TensorFiles("model", 8192).names(read(folder)))
          .containsExactlyElementsOf(
              files.keySet().stream().filter(name -> name.startsWith("model")).sorted().toList());
    }
  }

  private static Map<String, StoredTensor> read(Path folder) throws IOException {
    return new TensorFiles("model").read(folder);
  }

  @Test
  void aCheckpointOfShardsIsRestored() throws IOException {
    MemoryCheckpoint checkpoint = new MemoryCheckpoint();
    for (Map.Entry<String, ByteBuffer> file : sharded().entrySet()) {
      checkpoint.put("policy/" + file.getKey(), file.getValue());
    }
    try (LanguageModel model = TinyModels.model(engine);
        LanguageModel restored = LanguageModel.restore(engine, checkpoint, "policy/")) {
      assertThat(restored.files()).isEqualTo(model.files());
    }
  }

  private void assertFolderRefused(String... parts) {
    assertThatThrownBy(() -> LanguageModel.load(engine, folder))
        .isInstanceOfSatisfying(
            StageFailure.class, e -> assertThat(e.getMessage()).contains(parts));
  }

  @Test
  void aMissingShardIsNamed() throws IOException {
    sharded();
    Files.delete(folder.resolve("model-00002-of-00007.safetensors"));
    assertFolderRefused(
        "model.safetensors.index.json names model-00002-of-00007.safetensors for ",
        "there is no such file");
  }

  @Test
  void anIndexThatLiesIsRefused() throws IOException {
    sharded();
    Path index = folder.resolve("model.safetensors.index.json");
    String text = Files.readString(index);
    Files.writeString(index, text.replace("model.norm.weight", "model.other.weight"));
    assertFolderRefused("disagree", "[model.other.weight]", "[model.norm.weight]");
    Files.writeString(index, text.replace("model-00001-of", "../model-00001-of"));
    assertFolderRefused("must be in a .safetensors file beside it, got '../model-00001");
    Files.writeString(index, "{}");
    assertFolderRefused("model.safetensors.index.json must have a weight_map");
    Files.writeString(index, "{");
    assertFolderRefused("model.safetensors.index.json is no JSON");
  }

  @Test
  void weightsInTwoWaysAreRefused() throws IOException {
    sharded();
    Files.write(folder.resolve("model.safetensors"), new byte[0]);
    assertFolderRefused("has both model.safetensors and model.safetensors.index.json");
  }

  @Test
  void aFolderWithoutWeightsIsRefused() throws IOException {
    sharded();
    Files.delete(folder.resolve("model.safetensors.index.json"));
    assertFolderRefused("has neither model.safetensors nor model.safetensors.index.json");
    Files.delete(folder.resolve("config.json"));
    assertFolderRefused("there is no ", "/config.json to load a model from");
  }

  @Test
  void weightsMayLieAnywhereInAFile() throws IOException {
    try (LanguageModel model = TinyModels.model(engine)) {
      Map<String, ByteBuffer> files = model.files();
      write(files);
      ByteBuffer aligned = files.get("model.safetensors").order(ByteOrder.LITTLE_ENDIAN);
      int header = (int) aligned.getLong(0);
      ByteBuffer odd = ByteBuffer.allocate(aligned.limit() + 1).order(ByteOrder.LITTLE_ENDIAN);
      odd.putLong(header + 1L).put(aligned.slice(8, header)).put((byte) ' ');
      odd.put(aligned.slice(8 + header, aligned.limit() - 8 - header));
      Files.write(folder.resolve("model.safetensors"), odd.array());
      try (LanguageModel loaded = LanguageModel.load(engine, folder)) {
        assertThat(loaded.files()).isEqualTo(files);
      }
    }
  }

  @Test
  void aTruncatedFileIsRefused() throws IOException {
    try (LanguageModel model = TinyModels.model(engine)) {
      write(model.files());
    }
    Path weights = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 3));
    assertFolderRefused("model.safetensors: ", "bytes of the file");
  }

  @Test
  void aTensorOfAnotherFormatIsNamed() throws IOException {
    try (LanguageModel model = TinyModels.model(engine)) {
      write(model.files());
    }
    Path weights = folder.resolve("model.safetensors");
    String bytes = Files.readString(weights, StandardCharsets.ISO_8859_1);
    String norm = "\"model.norm.weight\":{\"dtype\":\"";
    Files.writeString(
        weights, bytes.replace(norm + "F32", norm + "I32"), StandardCharsets.ISO_8859_1);
    assertFolderRefused(
        "model.safetensors: model.norm.weight must have dtype one of [F32, BF16, F16], got 'I32'");
  }

  @Test
  void aTokenizerThatIsLargerThanTheVocabularyIsRefused() throws IOException {
    try (LanguageModel model = TinyModels.model(engine)) {
      write(model.files());
    }
    Path tokenizer = folder.resolve("tokenizer.json");
    String fits =
        "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 38}, \"merges\": [[\"a\", \"b\"]]}, "
            + "\"added_tokens\": [{\"id\": 39, \"content\": \"<x>\"}], \"decoder\": {\"id\": 99}}";
    Files.writeString(tokenizer, fits);
    LanguageModel.load(engine, folder).close();
    Files.writeString(tokenizer, fits.replace("39", "40"));
    assertFolderRefused(
        "vocab_size in config.json must be more than the largest id in tokenizer.json, got 40 and 40");
    Files.writeString(tokenizer, fits.replace("38", "41"));
    assertFolderRefused("tokenizer.json, got 40 and 41");
    String unigram = "[\"t\", 0.0],".repeat(50) + "[\"u\", 0.0]";
    Files.writeString(tokenizer, "{\"model\": {\"vocab\": [" + unigram + "]}}");
    assertFolderRefused("tokenizer.json, got 40 and 50");
  }
}
