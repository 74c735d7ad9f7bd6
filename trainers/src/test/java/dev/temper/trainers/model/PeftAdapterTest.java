package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.Compute;
import dev.temper.trainers.StageFailure;
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
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of another maker, see {@code src/test/python/make_adapters.py}. */
class PeftAdapterTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TENSORS = "adapter_model.safetensors";

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

  private static Path resource(String path) throws URISyntaxException {
    return Path.of(PeftAdapterTest.class.getResource(path).toURI());
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "patterns", "head", "layer", "one-layer"})
  void logitsOfTheMergedModelAreThoseOfPeft(String name) throws Exception {
    Path adapter = resource("/adapters/" + name);
    JsonNode expected = JSON.readTree(adapter.resolve("expected.json").toFile());
    Path base = resource("/families/" + expected.get("base").asText());
    FloatBuffer logits =
        SafeTensors.read(adapter.resolve("expected.safetensors")).get("logits").values();
    try (LanguageModel merged =
            LanguageModel.load(engine, base, Optional.of(adapter), OptionalInt.empty());
        LanguageModel plain = LanguageModel.load(engine, base)) {
      double worst = difference(logits(merged, expected.get("ids")), logits);
      assertThat(worst).as("adapter %s", name).isLessThan(1e-4);
      assertThat(difference(logits(plain, expected.get("ids")), logits)).isGreaterThan(0.1);
    }
  }

  private static double difference(float[] found, FloatBuffer expected) {
    assertThat(found).hasSize(expected.remaining());
    double worst = 0;
    for (int i = 0; i < found.length; i++) {
      worst = Math.max(worst, Math.abs(found[i] - expected.get(i)));
    }
    return worst;
  }

  private static float[] logits(LanguageModel model, JsonNode rows) {
    List<Sequence> sequences = new ArrayList<>();
    for (JsonNode row : rows) {
      int[] ids = JSON.convertValue(row, int[].class);
      sequences.add(new Sequence(Arrays.copyOf(ids, 1), Arrays.copyOfRange(ids, 1, ids.length)));
    }
    int tokens = rows.size() * rows.get(0).size();
    try (NDManager scope = model.transformer().manager().newSubManager()) {
      NDList inputs = PackedRows.whole(sequences, 1).inputs(scope);
      return model
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
              scope.create(LongStream.range(0, tokens).toArray()))
          .head()
          .toFloatArray();
    }
  }

  /** The adapter with changes to its configuration and its tensors. */
  private Path changed(String name, Consumer<ObjectNode> config, Consumer<Map<String, float[]>> to)
      throws Exception {
    Path from = resource("/adapters/" + name);
    ObjectNode json = (ObjectNode) JSON.readTree(from.resolve("adapter_config.json").toFile());
    config.accept(json);
    Files.writeString(folder.resolve("adapter_config.json"), json.toString());
    Map<String, StoredTensor> read = SafeTensors.read(from.resolve(TENSORS));
    Map<String, float[]> values = new TreeMap<>();
    read.forEach((tensor, stored) -> values.put(tensor, floats(stored)));
    to.accept(values);
    Map<String, StoredTensor> tensors = new TreeMap<>();
    values.forEach(
        (tensor, floats) ->
            tensors.put(
                tensor,
                new StoredTensor(
                    read.containsKey(tensor)
                        ? read.get(tensor).shape()
                        : new long[] {floats.length},
                    FloatBuffer.wrap(floats))));
    Files.write(folder.resolve(TENSORS), TinyModels.bytes(SafeTensors.write(tensors)));
    return folder;
  }

  private static float[] floats(StoredTensor stored) {
    float[] values = new float[(int) stored.count()];
    stored.values().get(values);
    return values;
  }

  private static void check(Path adapter) throws IOException, URISyntaxException {
    LanguageModel.check(resource("/families/mistral"), Optional.of(adapter));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "use_dora | true | use_dora must be left out (Temper cannot merge it), got true",
        "bias | \"all\" | bias must be 'none', got 'all'",
        "fan_in_fan_out | true | fan_in_fan_out must be left out (Temper cannot merge it), got true",
        "modules_to_save | [\"embed_tokens\"] | modules_to_save must be [lm_head] or nothing, got 'embed_tokens'",
        "peft_type | \"IA3\" | peft_type must be 'LORA', got 'IA3'",
        "task_type | \"SEQ_CLS\" | task_type must be 'CAUSAL_LM', got 'SEQ_CLS'",
        "r | 0 | r must be a whole number above 0, got 0",
        "lora_alpha | null | lora_alpha must be a number above 0, got null",
        "a_field_of_later | 3 | a_field_of_later must be left out (Temper cannot merge it), got 3",
        "trainable_token_indices | [1] | trainable_token_indices must be left out (Temper cannot merge it), got [1]",
        "init_lora_weights | \"pissa\" | got 'pissa'",
        "target_modules | \"(\" | '(' must be a regular expression",
        "target_modules | [\"q_proj\"] | model.layers.0.mlp.down_proj has an adapter, and target_modules do not name it",
        "target_modules | [\"q_proj\", \"v_proj\", \"down_proj\", \"up_proj\"] | model.layers.1.mlp.up_proj.lora_A.weight must have shape [4, 32], got none",
        "r | 5 | must have shape [5, 32], got [4, 32]",
      })
  void whatCannotBeMergedIsRefusedByName(String field, String value, String message)
      throws Exception {
    JsonNode json = JSON.readTree(value);
    Path adapter = changed("list", config -> config.set(field, json), tensors -> {});

    assertThatThrownBy(() -> check(adapter))
        .isInstanceOf(StageFailure.class)
        .hasMessageContaining(message);
  }

  @Test
  void everyProblemIsNamedAtOnce() throws Exception {
    Path adapter =
        changed(
            "list",
            config -> config.put("use_dora", true).put("bias", "all").put("lora_bias", true),
            tensors -> {});

    assertThatThrownBy(() -> check(adapter))
        .hasMessageStartingWith("adapter " + folder.getFileName() + " cannot be merged (3): ")
        .hasMessageContainingAll("use_dora", "bias must be 'none'", "lora_bias");
  }

  @Test
  void layersThatAreNotThereAreRefused() throws Exception {
    Path adapter =
        changed(
            "list",
            config -> {},
            tensors ->
                tensors.put(
                    "base_model.model.model.layers.7.self_attn.q_proj.lora_A.weight",
                    new float[4]));

    assertThatThrownBy(() -> check(adapter))
        .hasMessageContaining(
            "model.layers.7.self_attn.q_proj is no matrix of the model that can have an adapter; did"
                + " you mean 'model.layers.0.self_attn.q_proj'?");
  }

  @Test
  void aHeadThatIsTiedCannotBeReplaced() throws Exception {
    Path adapter = resource("/adapters/patterns");

    assertThatThrownBy(
            () -> LanguageModel.check(resource("/families/llama3"), Optional.of(adapter)))
        .hasMessageContaining(
            "it brings a lm_head, which the model has not of its own: its head is tied");
  }

  @Test
  void aFolderWithoutAnAdapterIsRefused() throws Exception {
    assertThatThrownBy(() -> check(folder)).hasMessageContaining("it has no adapter_config.json");
    Files.writeString(folder.resolve("adapter_config.json"), "[]");
    assertThatThrownBy(() -> check(folder))
        .hasMessageContainingAll("must be a JSON object", "it has no " + TENSORS);
  }

  @Test
  void anAdapterThatTemperWroteIsMergedIntoTheModelThatItMade() throws Exception {
    Path base = Files.createDirectories(folder.resolve("base"));
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    try (LanguageModel model = TinyModels.model(engine)) {
      TinyModels.write(model.files(), base);
      try (Learner learner =
          Learner.of(
              engine,
              model,
              TinyModels.optimizer("adamw", Optional.of(TinyModels.lora("q_proj", "up_proj"))),
              0)) {
        learner.stepOnTokens(
            List.of(TinyModels.sequences(4, 8)), 24, 0.3, 0.01, dev.temper.trainers.Pulse.NONE);
        TinyModels.write(learner.adapter(), adapter);
      }
      try (LanguageModel merged =
          LanguageModel.load(engine, base, Optional.of(adapter), OptionalInt.empty())) {
        assertThat(merged.files()).isEqualTo(model.files());
      }
    }
  }
}
