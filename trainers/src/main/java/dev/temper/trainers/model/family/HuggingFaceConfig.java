package dev.temper.trainers.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A {@code config.json}: what it means, and its text, which is kept but for what a saved model
 * changes.
 */
public final class HuggingFaceConfig {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> LABELS = Set.of("id2label", "label2id", "num_labels");

  private final ModelConfig model;
  private final ObjectNode json;

  private HuggingFaceConfig(ModelConfig model, ObjectNode json) {
    this.model = model;
    this.json = json;
  }

  /** What the programs need to know of it. */
  public ModelConfig model() {
    return model;
  }

  /** The configuration of a new model, a plain Llama. */
  public static HuggingFaceConfig of(ModelConfig llama) {
    return new HuggingFaceConfig(llama, plain(llama));
  }

  /**
   * @param source where the text is from, for messages
   * @throws StageFailure naming everything in it that Temper cannot do
   */
  public static HuggingFaceConfig read(String source, byte[] text, Head head) {
    if (!(parse(source, text) instanceof ObjectNode json)) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT, source + " must hold a JSON object");
    }
    String type = json.path("model_type").asText();
    Families.Family family =
        Families.of(type)
            .orElseThrow(
                () ->
                    refused(
                        source,
                        List.of(
                            "model_type must be one of %s, got %s"
                                .formatted(Families.names(), type))));
    List<String> problems = new ArrayList<>(architecture(family, json, head).stream().toList());
    ConfigJson fields = new ConfigJson(json);
    if (head == Head.SCORE) {
      fields.choice("num_labels", "1");
      if (fields.node("id2label").size() > 1) {
        fields.problem("id2label must have one label, got " + fields.node("id2label").size());
      }
    }
    ModelConfig model = family.read(fields);
    problems.addAll(fields.problems());
    if (!problems.isEmpty()) {
      throw refused(source, problems);
    }
    return new HuggingFaceConfig(model, json);
  }

  /** The same model where completions end as {@code generation_config.json} says. */
  public HuggingFaceConfig withGeneration(String source, byte[] text) {
    if (!(parse(source, text) instanceof ObjectNode generation)) {
      throw new StageFailure(
          StageFailure.Type.ARTIFACT_CORRUPT, source + " must hold a JSON object");
    }
    ConfigJson fields = new ConfigJson(generation);
    if (!fields.has("eos_token_id")) {
      return this;
    }
    List<Integer> ends = fields.tokens("eos_token_id");
    if (ends.isEmpty()) {
      throw refused(
          source,
          List.of(
              "eos_token_id must be a token id or a list of them, got "
                  + generation.get("eos_token_id")));
    }
    Tokens tokens = model.tokens();
    return new HuggingFaceConfig(
        model.with(new Tokens(tokens.begin(), ends, tokens.padding())), json);
  }

  /**
   * Fails where transformers has no class for a model of this family under such a head.
   *
   * @param source of the configuration, for the message
   */
  public HuggingFaceConfig requireHead(String source, Head head) {
    if (family().architecture(head).isEmpty()) {
      throw refused(
          source,
          List.of("transformers has no sequence classification of model_type " + model.family()));
    }
    return this;
  }

  /** The text to save beside float32 weights. */
  public ByteBuffer bytes(Head head) {
    ObjectNode saved = JSON.createObjectNode();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      String name = field.getKey();
      if (!LABELS.contains(name)) {
        saved.set(name, field.getValue());
      }
      if (name.equals("hidden_size") && head == Head.SCORE) {
        saved.putObject("id2label").put("0", "LABEL_0");
        saved.putObject("label2id").put("LABEL_0", 0);
      }
    }
    saved.putArray("architectures").add(family().architecture(head).orElseThrow());
    // The older name of the two, unless the file has the newer.
    saved.put(saved.has("dtype") ? "dtype" : "torch_dtype", "float32");
    if (saved.has("dtype") && saved.has("torch_dtype")) {
      saved.put("torch_dtype", "float32");
    }
    if (head == Head.SCORE && !saved.hasNonNull("pad_token_id")) {
      // Without it transformers reads no score off a padded batch.
      saved.put("pad_token_id", model.tokens().padding());
    }
    return pretty(saved);
  }

  /**
   * {@code generation_config.json} of a model that has none: plain sampling until the end token.
   */
  public ByteBuffer generation() {
    Tokens tokens = model.tokens();
    ObjectNode generation = JSON.createObjectNode();
    if (tokens.begin() >= 0) {
      generation.put("bos_token_id", tokens.begin());
    }
    generation.put("do_sample", true);
    if (tokens.ends().size() == 1) {
      generation.put("eos_token_id", tokens.ends().get(0));
    } else if (!tokens.ends().isEmpty()) {
      tokens.ends().forEach(generation.withArray("eos_token_id")::add);
    }
    if (tokens.padding() >= 0) {
      generation.put("pad_token_id", tokens.padding());
    }
    return pretty(generation);
  }

  /**
   * A generation config of this model in which one more token ends a completion.
   *
   * @param text {@code generation_config.json}, or another with other settings
   */
  public byte[] generationEndingAt(byte[] text, int token) {
    ObjectNode generation = (ObjectNode) parse("generation_config.json", text);
    ArrayNode ends = generation.putArray("eos_token_id");
    model.tokens().ends().forEach(ends::add);
    ends.add(token);
    return text(generation);
  }

  private Families.Family family() {
    return Families.of(model.family()).orElseThrow();
  }

  private static Optional<String> architecture(Families.Family family, ObjectNode json, Head head) {
    JsonNode architectures = json.path("architectures");
    if (architectures.isEmpty()) {
      return Optional.empty();
    }
    String wanted =
        family
            .architecture(head)
            .orElse("one that Temper has for a score on " + family.modelType());
    String found = architectures.path(0).asText();
    return found.equals(wanted)
        ? Optional.empty()
        : Optional.of("architectures must be %s, got %s".formatted(wanted, found));
  }

  private static JsonNode parse(String source, byte[] text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new StageFailure(StageFailure.Type.ARTIFACT_CORRUPT, source + " is no JSON", e);
    }
  }

  private static StageFailure refused(String source, List<String> problems) {
    return new StageFailure(
        StageFailure.Type.INVALID_SPEC,
        "%s cannot be loaded (%d): %s"
            .formatted(source, problems.size(), String.join("; ", problems)));
  }

  /** A plain Llama's fields as transformers writes them. */
  private static ObjectNode plain(ModelConfig config) {
    Shape shape = config.shape();
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add("LlamaForCausalLM");
    json.put("attention_bias", false);
    json.put("attention_dropout", 0.0);
    json.put("bos_token_id", config.tokens().begin());
    json.put("eos_token_id", config.tokens().ends().get(0));
    json.put("head_dim", shape.headDim());
    json.put("hidden_act", "silu");
    json.put("hidden_size", shape.hiddenSize());
    json.put("initializer_range", 0.02);
    json.put("intermediate_size", shape.intermediateSize());
    json.put("max_position_embeddings", shape.maxPositions());
    json.put("mlp_bias", false);
    json.put("model_type", "llama");
    json.put("num_attention_heads", shape.heads());
    json.put("num_hidden_layers", shape.layers());
    json.put("num_key_value_heads", shape.kvHeads());
    json.put("pad_token_id", config.tokens().padding());
    json.put("pretraining_tp", 1);
    json.put("rms_norm_eps", shape.rmsNormEps());
    json.putNull("rope_scaling");
    json.put("rope_theta", config.attention().rope().theta());
    json.put("tie_word_embeddings", shape.tiedHead());
    json.put("torch_dtype", "float32");
    json.put("use_cache", true);
    json.put("vocab_size", shape.vocabSize());
    return json;
  }

  private static ByteBuffer pretty(ObjectNode json) {
    return ByteBuffer.wrap(text(json));
  }

  private static byte[] text(ObjectNode json) {
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
