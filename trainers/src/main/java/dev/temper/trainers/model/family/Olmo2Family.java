package dev.temper.trainers.model.family;

import dev.temper.trainers.model.family.Attention.QueryKeyNorm;
import dev.temper.trainers.model.family.Block.Activation;

/** OLMo 2: norms after attention and feed-forward, and one over all heads of queries and keys. */
final class Olmo2Family {

  private Olmo2Family() {}

  static ModelConfig read(ConfigJson json) {
    ModelConfig plain = new PlainShape(10000, 1e-5, false, 0).read(json);
    json.choice("hidden_act", "silu");
    boolean bias = json.flag("attention_bias", false);
    return plain
        .with(plain.attention().withBias(bias, bias).withNorm(QueryKeyNorm.ALL_HEADS))
        .with(new Block(false, true, false, false, Activation.SILU));
  }
}
