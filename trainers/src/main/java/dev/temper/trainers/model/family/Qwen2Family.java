package dev.temper.trainers.model.family;

/** Qwen 2 and 2.5: a bias on queries, keys and values. */
final class Qwen2Family {

  private Qwen2Family() {}

  static ModelConfig read(ConfigJson json) {
    ModelConfig plain = PlainShape.LLAMA.read(json);
    json.choice("hidden_act", "silu");
    json.choice("use_mrope", "false");
    return plain.with(LayerTypes.switched(json, plain).withBias(true, false));
  }
}
