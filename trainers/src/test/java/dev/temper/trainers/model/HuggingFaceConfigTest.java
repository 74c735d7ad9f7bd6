package dev.temper.trainers.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.Parameter.Head;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuggingFaceConfigTest {

  private static final String PLAIN =
      """
      {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 32,
       "hidden_size": 16, "intermediate_size": 40, "num_hidden_layers": 2,
       "num_attention_heads": 4, "torch_dtype": "bfloat16", "rope_scaling": null,
       "eos_token_id": [2], "bos_token_id": 1}
      """;

  private static LlamaConfig read(String json) {
    return HuggingFaceConfig.read(
        "model/config.json", json.getBytes(StandardCharsets.UTF_8), Head.LANGUAGE_MODEL);
  }

  @ParameterizedTest
  @CsvSource({"LANGUAGE_MODEL", "SCORE"})
  void whatIsWrittenIsReadBack(Head head) {
    LlamaConfig config = TinyModels.config(false);
    byte[] text = TinyModels.bytes(HuggingFaceConfig.write(config, head));
    assertThat(HuggingFaceConfig.read("config.json", text, head)).isEqualTo(config);
  }

  @Test
  void absentFieldsHaveTheDefaultsOfTransformers() {
    assertThat(read(PLAIN))
        .isEqualTo(new LlamaConfig(32, 16, 40, 2, 4, 4, 4, 10000, 1e-6, false, 2048, 1, 2, 2));
  }

  @Test
  void newerFilesNameTheFrequenciesElsewhere() {
    String parameters = "{\"rope_theta\": 500000.0, \"rope_type\": \"default\"}";
    assertThat(read(with("rope_parameters", parameters)).ropeTheta()).isEqualTo(500000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "model_type | 'qwen2' | model_type must be llama, got qwen2",
        "architectures | ['LlamaForTokenClassification'] | architectures must be LlamaForCausalLM, got LlamaForTokenClassification",
        "rope_scaling | {'rope_type':'llama3'} | rope_scaling must be null, got {\"rope_type\":\"llama3\"}",
        "rope_parameters | {'rope_type':'yarn'} | rope_parameters.rope_type must be default, got yarn",
        "attention_bias | true | attention_bias must be false, got true",
        "mlp_bias | true | mlp_bias must be false, got true",
        "hidden_act | 'gelu' | hidden_act must be silu, got gelu",
        "quantization_config | {'bits':4} | quantization_config must be null",
        "sliding_window | 4096 | sliding_window must be null, got 4096",
        "num_labels | 3 | num_labels must be 1, got 3",
        "id2label | {'0':'a','1':'b'} | id2label must have one label, got 2",
        "num_key_value_heads | 3 | num_attention_heads must be divisible by num_key_value_heads, got 4 and 3",
        "eos_token_id | [2, 3] | eos_token_id must be one token id, got [2,3]",
        "hidden_size | 0 | hidden_size must be a whole number >= 1, got 0",
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
    assertThatThrownBy(() -> read(with("attention_bias", "true").replace("llama", "mistral")))
        .hasMessageContaining("(2)")
        .hasMessageContaining("mistral")
        .hasMessageContaining("attention_bias");
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
    return PLAIN.strip().replaceFirst("}$", ", \"" + name + "\": " + value + "}");
  }
}
