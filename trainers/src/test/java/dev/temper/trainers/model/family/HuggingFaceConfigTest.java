package dev.temper.trainers.model.family;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.family.Attention.Layer;
import dev.temper.trainers.model.family.Attention.Positions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HuggingFaceConfigTest {

  private static final String PLAIN =
      """
      {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 32,
       "hidden_size": 16, "intermediate_size": 40, "num_hidden_layers": 2,
       "num_attention_heads": 4, "torch_dtype": "bfloat16", "rope_scaling": null,
       "eos_token_id": [2], "bos_token_id": 1}
      """;

  private static ModelConfig read(String json) {
    return read(json, Head.LANGUAGE_MODEL).model();
  }

  private static HuggingFaceConfig read(String json, Head head) {
    return HuggingFaceConfig.read("model/config.json", json.getBytes(StandardCharsets.UTF_8), head);
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  private static String resource(String path) throws IOException {
    try (InputStream in = HuggingFaceConfigTest.class.getResourceAsStream("/families/" + path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @EnumSource(Head.class)
  void whatIsWrittenIsReadBack(Head head) {
    ModelConfig config =
        ModelConfig.llama(
            new Shape(40, 24, 40, 2, 4, 2, 8, 1e-5, true, 64), 10000, new Tokens(0, List.of(2), 1));
    String text = text(HuggingFaceConfig.of(config).bytes(head));
    assertThat(read(text, head).model()).isEqualTo(config);
    assertThat(text(read(text, head).bytes(head))).isEqualTo(text);
  }

  @Test
  void aNewModelsTextNeverChanges() {
    ModelConfig config =
        ModelConfig.llama(
            new Shape(40, 24, 40, 2, 4, 2, 8, 1e-5, true, 64), 10000, new Tokens(0, List.of(2), 1));
    assertThat(text(HuggingFaceConfig.of(config).bytes(Head.SCORE)))
        .isEqualTo(
            """
            {
              "architectures" : [ "LlamaForSequenceClassification" ],
              "attention_bias" : false,
              "attention_dropout" : 0.0,
              "bos_token_id" : 0,
              "eos_token_id" : 2,
              "head_dim" : 8,
              "hidden_act" : "silu",
              "hidden_size" : 24,
              "id2label" : {
                "0" : "LABEL_0"
              },
              "label2id" : {
                "LABEL_0" : 0
              },
              "initializer_range" : 0.02,
              "intermediate_size" : 40,
              "max_position_embeddings" : 64,
              "mlp_bias" : false,
              "model_type" : "llama",
              "num_attention_heads" : 4,
              "num_hidden_layers" : 2,
              "num_key_value_heads" : 2,
              "pad_token_id" : 1,
              "pretraining_tp" : 1,
              "rms_norm_eps" : 1.0E-5,
              "rope_scaling" : null,
              "rope_theta" : 10000.0,
              "tie_word_embeddings" : true,
              "torch_dtype" : "float32",
              "use_cache" : true,
              "vocab_size" : 40
            }
            """);
  }

  @Test
  void absentFieldsHaveTheDefaultsOfTransformers() {
    assertThat(read(PLAIN))
        .isEqualTo(
            ModelConfig.llama(
                new Shape(32, 16, 40, 2, 4, 4, 4, 1e-6, false, 2048),
                10000,
                new Tokens(1, List.of(2), 2)));
  }

  /** The same configuration as two versions of transformers save it. */
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
  void newerFilesMeanTheSame(String family) throws IOException {
    assertThat(read(resource(family + "/config-5.json")))
        .isEqualTo(read(resource(family + "/config.json")));
  }

  @Test
  void aSavedTextKeepsWhatItWasLoadedWith() throws IOException {
    String text = resource("gemma3/config.json");
    JsonNode loaded = new ObjectMapper().readTree(text);
    JsonNode saved =
        new ObjectMapper()
            .readTree(text(read(text, Head.LANGUAGE_MODEL).bytes(Head.LANGUAGE_MODEL)));
    assertThat(saved).isEqualTo(((ObjectNode) loaded).put("dtype", "float32"));
  }

  @Test
  void aRewardModelHasPaddingAndOneLabel() {
    String saved = text(read(PLAIN, Head.LANGUAGE_MODEL).bytes(Head.SCORE));
    assertThat(saved).contains("LlamaForSequenceClassification", "LABEL_0", "\"pad_token_id\" : 2");
    assertThat(read(saved, Head.SCORE).model()).isEqualTo(read(PLAIN));
  }

  @Test
  void aFamilyWithoutAClassifierHasNoRewardModel() throws IOException {
    HuggingFaceConfig olmo = read(resource("olmo2/config.json"), Head.LANGUAGE_MODEL);
    assertThatThrownBy(() -> olmo.requireHead("olmo/config.json", Head.SCORE))
        .hasMessageContaining("olmo/config.json cannot be loaded")
        .hasMessageContaining("transformers has no sequence classification of model_type olmo2");
  }

  @Test
  void layersOfAFamilyFollowItsOwnRule() {
    String four = PLAIN.replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 4");
    Layer plain = new Layer(false, Positions.ROPE);
    Layer near = new Layer(true, Positions.ROPE);
    String qwen = of(four, "qwen2", "Qwen2ForCausalLM");
    assertThat(
            read(with(
                    with(with(qwen, "use_sliding_window", "true"), "sliding_window", "8"),
                    "max_window_layers",
                    "3"))
                .attention()
                .layers())
        .containsExactly(plain, plain, plain, near);
    assertThat(read(of(four, "smollm3", "SmolLM3ForCausalLM")).attention().layers())
        .containsExactly(plain, plain, plain, new Layer(false, Positions.NONE));
    assertThat(
            read(of(four, "gemma2", "Gemma2ForCausalLM")
                    .replace("\"hidden_size\"", "\"head_dim\": 4, \"hidden_size\""))
                .attention()
                .layers())
        .containsExactly(near, plain, near, plain);
    assertThat(
            read(with(of(four, "gemma3_text", "Gemma3ForCausalLM"), "sliding_window_pattern", "3"))
                .attention()
                .layers())
        .containsExactly(
            new Layer(true, Positions.LOCAL_ROPE),
            new Layer(true, Positions.LOCAL_ROPE),
            plain,
            new Layer(true, Positions.LOCAL_ROPE));
    assertThat(
            read(with(of(four, "mistral", "MistralForCausalLM"), "sliding_window", "7"))
                .attention()
                .window())
        .isEqualTo(7);
  }

  private static String of(String json, String type, String architecture) {
    return json.replace("\"llama\"", '"' + type + '"').replace("LlamaForCausalLM", architecture);
  }

  @Test
  void generationConfigSaysWhichTokensEnd() {
    HuggingFaceConfig config = read(PLAIN, Head.LANGUAGE_MODEL);
    byte[] two = "{\"eos_token_id\": [7, 9], \"top_p\": 0.9}".getBytes(StandardCharsets.UTF_8);
    assertThat(config.withGeneration("g", two).model().tokens().ends()).containsExactly(7, 9);
    byte[] none = "{}".getBytes(StandardCharsets.UTF_8);
    assertThat(config.withGeneration("g", none).model().tokens().ends()).containsExactly(2);
    byte[] wrong = "{\"eos_token_id\": \"</s>\"}".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> config.withGeneration("model/generation_config.json", wrong))
        .hasMessageContaining("model/generation_config.json cannot be loaded")
        .hasMessageContaining("eos_token_id must be a token id or a list of them");
  }

  @Test
  void newerFilesNameTheFrequenciesElsewhere() {
    String parameters = "{\"rope_theta\": 500000.0, \"rope_type\": \"default\"}";
    assertThat(read(with("rope_parameters", parameters)).attention().rope().theta())
        .isEqualTo(500000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "architectures | ['LlamaForTokenClassification'] | architectures must be LlamaForCausalLM, got LlamaForTokenClassification",
        "rope_scaling | {'rope_type':'longrope'} | rope_scaling.rope_type must be one of [default, linear, llama3, yarn], got longrope",
        "rope_scaling | {'type':'dynamic','factor':2} | rope_scaling.rope_type must be one of [default, linear, llama3, yarn], got dynamic",
        "rope_scaling | {'rope_type':'linear'} | rope_scaling.factor must be a number > 0, got null",
        "rope_scaling | {'rope_type':'linear','factor':2,'beta':3} | rope_scaling.beta is not known with rope_type linear, got 3",
        "rope_parameters | {'rope_type':'mrope'} | rope_parameters.rope_type must be one of [default, linear, llama3, yarn], got mrope",
        "rope_theta | -1 | rope_theta must be a number > 0, got -1",
        "attention_bias | 'no' | attention_bias must be true or false, got \"no\"",
        "hidden_act | 'gelu' | hidden_act must be silu, got gelu",
        "quantization_config | {'bits':4} | quantization_config must be null",
        "sliding_window | 4096 | sliding_window must be null, got 4096",
        "partial_rotary_factor | 0.5 | partial_rotary_factor must be one of [1.0, 1], got 0.5",
        "rope_interleaved | true | rope_interleaved must be false, got true",
        "pruned_heads | {'0':[1]} | pruned_heads must be {}, got {\"0\":[1]}",
        "num_key_value_heads | 3 | num_attention_heads must be divisible by num_key_value_heads, got 4 and 3",
        "head_dim | 5 | head_dim must be even, got 5",
        "eos_token_id | ['</s>'] | eos_token_id must be a token id or a list of them, got [\"</s>\"]",
        "bos_token_id | [1, 2] | bos_token_id must be one token id, got [1, 2]",
        "hidden_size | 0 | hidden_size must be a whole number in [1, 1048576], got 0",
        "vocab_size | 3e9 | vocab_size must be a whole number in [1, 16777216], got 3.0E9",
        "num_hidden_layers | 2147483647 | num_hidden_layers must be a whole number in [1, 4096], got 2147483647",
        "logit_scale | 0.5 | logit_scale is not known, got 0.5"
      })
  void whatTemperCannotDoIsRefusedByName(String name, String value, String message) {
    assertThatThrownBy(() -> read(with(name, value.replace('\'', '"'))))
        .isInstanceOfSatisfying(
            StageFailure.class, e -> assertThat(e.type()).isEqualTo(StageFailure.Type.INVALID_SPEC))
        .hasMessageContaining("model/config.json cannot be loaded (1): ")
        .hasMessageContaining(message);
  }

  @Test
  void allProblemsAreNamedAtOnce() {
    assertThatThrownBy(() -> read(with(with("hidden_act", "1"), "num_experts", "8")))
        .hasMessageContaining("(2)")
        .hasMessageContaining("hidden_act")
        .hasMessageContaining("num_experts");
  }

  @Test
  void aScoreIsOneLabelAndALanguageModelHasNone() {
    String two = with(with("num_labels", "2"), "id2label", "{\"0\": \"a\", \"1\": \"b\"}");
    assertThat(read(two)).isEqualTo(read(PLAIN));
    assertThatThrownBy(
            () ->
                read(two.replace("LlamaForCausalLM", "LlamaForSequenceClassification"), Head.SCORE))
        .hasMessageContaining("num_labels must be 1, got 2")
        .hasMessageContaining("id2label must have one label, got 2");
  }

  /** Texts of public models, with the fields that they have and a plain Llama has not. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        // SmolLM2-135M
        """
        {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
         "bos_token_id": 0, "eos_token_id": 0, "hidden_act": "silu", "hidden_size": 576,
         "initializer_range": 0.041666666666666664, "intermediate_size": 1536,
         "is_llama_config": true, "max_position_embeddings": 8192, "model_type": "llama",
         "num_attention_heads": 9, "num_hidden_layers": 30, "num_key_value_heads": 3,
         "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_interleaved": false,
         "rope_scaling": null, "rope_theta": 100000, "tie_word_embeddings": true,
         "torch_dtype": "bfloat16", "transformers_version": "4.40.1", "use_cache": true,
         "vocab_size": 49152}
        """,
        // Qwen2.5-0.5B
        """
        {"architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643,
         "eos_token_id": 151643, "hidden_act": "silu", "hidden_size": 896,
         "initializer_range": 0.02, "intermediate_size": 4864, "max_position_embeddings": 32768,
         "max_window_layers": 24, "model_type": "qwen2", "num_attention_heads": 14,
         "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06,
         "rope_theta": 1000000.0, "sliding_window": 32768, "tie_word_embeddings": true,
         "torch_dtype": "bfloat16", "transformers_version": "4.40.1", "use_cache": true,
         "use_mrope": false, "use_sliding_window": false, "vocab_size": 151936}
        """
      })
  void publicModelsAreKnown(String json) {
    ModelConfig config = read(json);
    assertThat(config.shape().headDim()).isEqualTo(64);
    assertThat(config.attention().window()).isZero();
    assertThat(config.shape().tiedHead()).isTrue();
  }

  @Test
  void anUnknownFamilyIsRefusedWithThoseThatAreKnown() {
    assertThatThrownBy(() -> read(PLAIN.replace("\"llama\"", "\"mixtral\"")))
        .hasMessage(
            "model/config.json cannot be loaded (1): model_type must be one of [llama, mistral,"
                + " qwen2, qwen3, olmo2, smollm3, gemma2, gemma3_text], got mixtral");
  }

  @Test
  void aWindowThatLayersNeedMustBeThere() {
    assertThatThrownBy(
            () ->
                read(
                    with(
                        of(PLAIN, "qwen3", "Qwen3ForCausalLM"),
                        "layer_types",
                        "[\"sliding_attention\", \"full_attention\"]")))
        .hasMessageContaining("layer_types must be all full_attention where no sliding_window");
    assertThatThrownBy(
            () ->
                read(
                    with(
                        of(PLAIN, "qwen3", "Qwen3ForCausalLM"),
                        "layer_types",
                        "[\"chunked_attention\", \"full_attention\"]")))
        .hasMessageContaining("got chunked_attention for layer 0");
    assertThatThrownBy(
            () -> read(with(of(PLAIN, "smollm3", "SmolLM3ForCausalLM"), "no_rope_layers", "[1]")))
        .hasMessageContaining("no_rope_layers must have num_hidden_layers entries, got 1 for 2");
  }

  @Test
  void textThatIsNoJsonIsCorrupt() {
    assertThatThrownBy(() -> read("{"))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.ARTIFACT_CORRUPT));
  }

  /** The last of two fields of one name wins. */
  private static String with(String name, String value) {
    return with(PLAIN, name, value);
  }

  private static String with(String json, String name, String value) {
    return json.strip().replaceFirst("}$", ", \"" + name + "\": " + value + "}");
  }
}
