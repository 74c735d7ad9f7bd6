package dev.temper.trainers.model.family;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The families of models that Temper knows: a line here, and a file that reads their fields. */
final class Families {

  private static final String CAUSAL = "ForCausalLM";
  private static final String CLASSIFIER = "ForSequenceClassification";

  private static final List<Family> ALL =
      List.of(
          family("llama", "Llama", "Llama", LlamaFamily::read),
          family("mistral", "Mistral", "Mistral", MistralFamily::read),
          family("qwen2", "Qwen2", "Qwen2", Qwen2Family::read),
          family("qwen3", "Qwen3", "Qwen3", Qwen3Family::read),
          // transformers has no classifier on this body.
          new Family("olmo2", "Olmo2" + CAUSAL, Optional.empty(), Olmo2Family::read),
          family("smollm3", "SmolLM3", "SmolLM3", SmolLm3Family::read),
          family("gemma2", "Gemma2", "Gemma2", GemmaFamily::gemma2),
          family("gemma3_text", "Gemma3", "Gemma3Text", GemmaFamily::gemma3));

  private Families() {}

  /**
   * One family.
   *
   * @param modelType as in {@code config.json}
   * @param causal class of a language model
   * @param classifier class of a model with one score, where there is one
   */
  record Family(
      String modelType,
      String causal,
      Optional<String> classifier,
      Function<ConfigJson, ModelConfig> reader) {

    ModelConfig read(ConfigJson json) {
      ModelConfig read = reader.apply(json);
      return new ModelConfig(
          modelType, read.shape(), read.tokens(), read.attention(), read.block(), read.scales());
    }

    /** As in {@code architectures}. */
    Optional<String> architecture(Head head) {
      return head == Head.SCORE ? classifier : Optional.of(causal);
    }
  }

  private static Family family(
      String modelType,
      String causal,
      String classifier,
      Function<ConfigJson, ModelConfig> reader) {
    return new Family(modelType, causal + CAUSAL, Optional.of(classifier + CLASSIFIER), reader);
  }

  static Optional<Family> of(String modelType) {
    return ALL.stream().filter(family -> family.modelType().equals(modelType)).findFirst();
  }

  /** All model types, for messages. */
  static List<String> names() {
    return ALL.stream().map(Family::modelType).toList();
  }
}
