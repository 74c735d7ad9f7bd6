package dev.temper.trainers.model.family;

import dev.temper.trainers.model.family.Attention.QueryKeyNorm;

/** Qwen 3: a norm on each head of queries and keys. */
final class Qwen3Family {

  private Qwen3Family() {}

  static ModelConfig read(ConfigJson json) {
    ModelConfig plain = new PlainShape(10000, 1e-6, false, 128).read(json);
    json.choice("hidden_act", "silu");
    boolean bias = json.flag("attention_bias", false);
    return plain.with(
        LayerTypes.switched(json, plain).withBias(bias, bias).withNorm(QueryKeyNorm.EACH_HEAD));
  }
}
