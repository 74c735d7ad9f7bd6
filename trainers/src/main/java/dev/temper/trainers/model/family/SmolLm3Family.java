package dev.temper.trainers.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.trainers.model.family.Attention.Layer;
import dev.temper.trainers.model.family.Attention.Positions;
import java.util.ArrayList;
import java.util.List;

/** SmolLM 3: every few layers one without positions. */
final class SmolLm3Family {

  private SmolLm3Family() {}

  static ModelConfig read(ConfigJson json) {
    ModelConfig plain = new PlainShape(2000000, 1e-6, true, 0).read(json);
    json.choice("hidden_act", "silu");
    int count = plain.shape().layers();
    boolean[] positions = positions(json, count);
    boolean used = json.flag("use_sliding_window", false);
    int window = json.whole("sliding_window", Integer.MAX_VALUE, 0);
    json.node("max_window_layers");
    List<Layer> layers = new ArrayList<>();
    for (Layer layer : LayerTypes.read(json, count, i -> used && window > 0 && !positions[i])) {
      boolean rotated = positions[layers.size()];
      layers.add(new Layer(used && layer.windowed(), rotated ? Positions.ROPE : Positions.NONE));
    }
    boolean bias = json.flag("attention_bias", false);
    return plain
        .with(
            LayerTypes.windowed(json, plain.attention(), used ? window : 0, layers)
                .withBias(bias, bias))
        .with(plain.block().withFeedForwardBias(json.flag("mlp_bias", false)));
  }

  /** Which layers know positions; despite its name {@code no_rope_layers} has 1 for those. */
  private static boolean[] positions(ConfigJson json, int layers) {
    int interval = json.whole("no_rope_layer_interval", Integer.MAX_VALUE, 4);
    JsonNode listed = json.node("no_rope_layers");
    boolean given = json.has("no_rope_layers");
    if (given && listed.size() != layers) {
      json.problem(
          "no_rope_layers must have num_hidden_layers entries, got %d for %d"
              .formatted(listed.size(), layers));
      given = false;
    }
    boolean[] positions = new boolean[layers];
    for (int i = 0; i < layers; i++) {
      positions[i] = given ? listed.get(i).asInt() != 0 : (i + 1) % interval != 0;
    }
    return positions;
  }
}
