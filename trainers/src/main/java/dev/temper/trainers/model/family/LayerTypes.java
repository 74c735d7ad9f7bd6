package dev.temper.trainers.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.trainers.model.family.Attention.Layer;
import dev.temper.trainers.model.family.Attention.Positions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/** Which layers see a sliding window: {@code layer_types}, or a family's rule without it. */
final class LayerTypes {

  private LayerTypes() {}

  /**
   * @param otherwise whether a layer is windowed where the file has no list
   */
  static List<Layer> read(ConfigJson json, int layers, IntPredicate otherwise) {
    List<Layer> all = new ArrayList<>();
    JsonNode types = json.node("layer_types");
    boolean listed = json.has("layer_types");
    if (listed && types.size() != layers) {
      json.problem(
          "layer_types must have num_hidden_layers entries, got %d for %d"
              .formatted(types.size(), layers));
      listed = false;
    }
    for (int i = 0; i < layers; i++) {
      boolean windowed = otherwise.test(i);
      if (listed) {
        String type = types.get(i).asText();
        windowed = type.equals("sliding_attention");
        if (!windowed && !type.equals("full_attention")) {
          json.problem(
              "layer_types must be of [full_attention, sliding_attention], got %s for layer %d"
                  .formatted(type, i));
        }
      }
      all.add(new Layer(windowed, Positions.ROPE));
    }
    return all;
  }

  /** A window that is only used where a second field says so, as in Qwen. */
  static Attention switched(ConfigJson json, ModelConfig config) {
    boolean used = json.flag("use_sliding_window", false);
    int window = json.whole("sliding_window", Integer.MAX_VALUE, 0);
    // May be 0: every layer is windowed then.
    int from = json.node("max_window_layers").asInt(28);
    List<Layer> layers = read(json, config.shape().layers(), i -> used && window > 0 && i >= from);
    return windowed(json, config.attention(), used ? window : 0, layers);
  }

  /** Checks that there is a window where a layer needs one. */
  static Attention windowed(ConfigJson json, Attention attention, int window, List<Layer> layers) {
    boolean any = layers.stream().anyMatch(Layer::windowed);
    if (any && window == 0) {
      json.problem("layer_types must be all full_attention where no sliding_window is in use");
    }
    return attention.withLayers(any ? window : 0, layers);
  }
}
