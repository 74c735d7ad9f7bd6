package dev.temper.trainers.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.model.Parameter.Head;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads and writes {@code config.json} of the Llama family. */
final class HuggingFaceConfig {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Change nothing in what Temper computes. */
  private static final Set<String> IGNORED =
      Set.of(
          "_name_or_path",
          "torch_dtype",
          "dtype",
          "transformers_version",
          "use_cache",
          "initializer_range",
          "problem_type",
          "label2id",
          "return_dict",
          "output_attentions",
          "output_hidden_states",
          "is_decoder",
          "attention_dropout");

  /** Switches that must stand as they do in a plain Llama; each may be left out. */
  private static final List<Fixed> FIXED =
      List.of(
          new Fixed("attention_bias", "false"),
          new Fixed("mlp_bias", "false"),
          new Fixed("hidden_act", "silu"),
          new Fixed("pretraining_tp", "1"),
          new Fixed("num_labels", "1"),
          new Fixed("rope_scaling", "null"),
          new Fixed("quantization_config", "null"),
          new Fixed("sliding_window", "null"),
          new Fixed("partial_rotary_factor", "1.0"));

  private static final Set<String> KNOWN =
      Set.of(
          "model_type",
          "architectures",
          "vocab_size",
          "hidden_size",
          "intermediate_size",
          "num_hidden_layers",
          "num_attention_heads",
          "num_key_value_heads",
          "head_dim",
          "rope_theta",
          "rope_parameters",
          "rms_norm_eps",
          "tie_word_embeddings",
          "max_position_embeddings",
          "bos_token_id",
          "eos_token_id",
          "pad_token_id",
          "id2label");

  private record Fixed(String name, String value) {}

  private final JsonNode json;
  private final List<String> problems = new ArrayList<>();

  private HuggingFaceConfig(JsonNode json) {
    this.json = json;
  }

  /**
   * @param source where the text is from, for messages
   * @throws StageFailure naming everything in it that Temper cannot do
   */
  static LlamaConfig read(String source, byte[] text, Head head) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (IOException e) {
      throw new StageFailure(StageFailure.Type.ARTIFACT_CORRUPT, source + " is no JSON", e);
    }
    HuggingFaceConfig config = new HuggingFaceConfig(json);
    LlamaConfig read = config.read(head);
    if (!config.problems.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.INVALID_SPEC,
          "%s cannot be loaded (%d): %s"
              .formatted(source, config.problems.size(), String.join("; ", config.problems)));
    }
    return read;
  }

  private LlamaConfig read(Head head) {
    require("model_type", "llama", json.path("model_type").asText());
    JsonNode architectures = json.path("architectures");
    if (architectures.size() > 0) {
      require("architectures", head.architecture(), architectures.path(0).asText());
    }
    refuseWhatIsNotPlain();
    int width = whole("hidden_size");
    int heads = whole("num_attention_heads");
    int kvHeads = present("num_key_value_heads") ? whole("num_key_value_heads") : heads;
    int headDim = present("head_dim") ? whole("head_dim") : width / Math.max(heads, 1);
    if (kvHeads < 1 || heads % kvHeads != 0) {
      problems.add(
          "num_attention_heads must be divisible by num_key_value_heads, got %d and %d"
              .formatted(heads, kvHeads));
    }
    int eos = token("eos_token_id", -1);
    return new LlamaConfig(
        whole("vocab_size"),
        width,
        whole("intermediate_size"),
        whole("num_hidden_layers"),
        heads,
        kvHeads,
        headDim,
        ropeTheta(),
        json.path("rms_norm_eps").asDouble(1e-6),
        json.path("tie_word_embeddings").asBoolean(false),
        json.path("max_position_embeddings").asInt(2048),
        token("bos_token_id", -1),
        eos,
        token("pad_token_id", eos));
  }

  private void refuseWhatIsNotPlain() {
    for (Fixed fixed : FIXED) {
      if (present(fixed.name())) {
        require(fixed.name(), fixed.value(), text(json.get(fixed.name())));
      }
    }
    if (json.path("id2label").size() > 1) {
      problems.add("id2label must have one label, got " + json.path("id2label").size());
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              boolean fixed = FIXED.stream().anyMatch(f -> f.name().equals(name));
              if (!fixed && !KNOWN.contains(name) && !IGNORED.contains(name) && present(name)) {
                problems.add("%s is not known, got %s".formatted(name, json.get(name)));
              }
            });
  }

  /** transformers 5 has it in {@code rope_parameters}. */
  private double ropeTheta() {
    JsonNode parameters = json.path("rope_parameters");
    if (parameters.isObject()) {
      require(
          "rope_parameters.rope_type", "default", parameters.path("rope_type").asText("default"));
      return parameters.path("rope_theta").asDouble(10000);
    }
    return json.path("rope_theta").asDouble(10000);
  }

  private int whole(String name) {
    if (!json.path(name).canConvertToInt() || json.path(name).asInt() < 1) {
      problems.add("%s must be a whole number >= 1, got %s".formatted(name, json.get(name)));
    }
    return json.path(name).asInt();
  }

  private int token(String name, int otherwise) {
    JsonNode value = json.path(name);
    if (value.isArray() && value.size() == 1) {
      return value.get(0).asInt();
    }
    if (present(name) && !value.canConvertToInt()) {
      problems.add("%s must be one token id, got %s".formatted(name, value));
    }
    return value.asInt(otherwise);
  }

  private boolean present(String name) {
    return json.hasNonNull(name);
  }

  private void require(String name, String wanted, String actual) {
    if (!wanted.equals(actual)) {
      problems.add("%s must be %s, got %s".formatted(name, wanted, actual));
    }
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.asText() : value.toString();
  }

  /** {@code config.json} as transformers writes it. */
  static ByteBuffer write(LlamaConfig config, Head head) {
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add(head.architecture());
    json.put("attention_bias", false);
    json.put("attention_dropout", 0.0);
    json.put("bos_token_id", config.bosId());
    json.put("eos_token_id", config.eosId());
    json.put("head_dim", config.headDim());
    json.put("hidden_act", "silu");
    json.put("hidden_size", config.hiddenSize());
    if (head == Head.SCORE) {
      json.putObject("id2label").put("0", "LABEL_0");
      json.putObject("label2id").put("LABEL_0", 0);
    }
    json.put("initializer_range", 0.02);
    json.put("intermediate_size", config.intermediateSize());
    json.put("max_position_embeddings", config.maxPositions());
    json.put("mlp_bias", false);
    json.put("model_type", "llama");
    json.put("num_attention_heads", config.heads());
    json.put("num_hidden_layers", config.layers());
    json.put("num_key_value_heads", config.kvHeads());
    json.put("pad_token_id", config.padId());
    json.put("pretraining_tp", 1);
    json.put("rms_norm_eps", config.rmsNormEps());
    json.putNull("rope_scaling");
    json.put("rope_theta", config.ropeTheta());
    json.put("tie_word_embeddings", config.tiedHead());
    json.put("torch_dtype", "float32");
    json.put("use_cache", true);
    json.put("vocab_size", config.vocabSize());
    return pretty(json);
  }

  /** {@code generation_config.json}: plain sampling until the end token. */
  static ByteBuffer writeGeneration(LlamaConfig config) {
    ObjectNode json = JSON.createObjectNode();
    json.put("bos_token_id", config.bosId());
    json.put("do_sample", true);
    json.put("eos_token_id", config.eosId());
    json.put("pad_token_id", config.padId());
    return pretty(json);
  }

  private static ByteBuffer pretty(ObjectNode json) {
    return ByteBuffer.wrap((json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
