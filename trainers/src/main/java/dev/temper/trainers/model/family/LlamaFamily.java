package dev.temper.trainers.model.family;

/** Llama 1 to 3, SmolLM 1 and 2, and what else says it is one. */
final class LlamaFamily {

  private LlamaFamily() {}

  static ModelConfig read(ConfigJson json) {
    ModelConfig plain = PlainShape.LLAMA.read(json);
    json.choice("hidden_act", "silu");
    json.choice("sliding_window", "null");
    boolean bias = json.flag("attention_bias", false);
    return plain
        .with(plain.attention().withBias(bias, bias))
        .with(plain.block().withFeedForwardBias(json.flag("mlp_bias", false)));
  }
}
