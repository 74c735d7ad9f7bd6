package dev.temper.trainers.model.family;

import dev.temper.trainers.model.family.Attention.Layer;
import dev.temper.trainers.model.family.Attention.Positions;
import java.util.Collections;

/** Mistral: a sliding window in all layers, where there is one. */
final class MistralFamily {

  private MistralFamily() {}

  static ModelConfig read(ConfigJson json) {
    ModelConfig plain = PlainShape.LLAMA.read(json);
    json.choice("hidden_act", "silu");
    int window = json.whole("sliding_window", Integer.MAX_VALUE, 0);
    Layer layer = new Layer(window > 0, Positions.ROPE);
    return plain.with(
        plain.attention().withLayers(window, Collections.nCopies(plain.shape().layers(), layer)));
  }
}
