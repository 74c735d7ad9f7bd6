package dev.temper.trainers.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import dev.temper.trainers.model.family.Attention.Layer;
import dev.temper.trainers.model.family.Attention.Positions;
import dev.temper.trainers.model.family.Attention.QueryKeyNorm;
import dev.temper.trainers.model.family.Block.Activation;
import java.util.List;

/**
 * Gemma 2 and the text models of Gemma 3: norms before and after, scaled embeddings, windows in
 * some layers.
 */
final class GemmaFamily {

  private GemmaFamily() {}

  static ModelConfig gemma2(ConfigJson json) {
    ModelConfig plain = new PlainShape(10000, 1e-6, true, 256).read(json);
    double cap = cap(json, "attn_logit_softcapping", 50);
    return common(json, plain, 2, cap, cap(json, "final_logit_softcapping", 30));
  }

  static ModelConfig gemma3(ConfigJson json) {
    // transformers 5 has one node for each kind of layer.
    JsonNode parameters = json.node("rope_parameters");
    boolean nested = parameters.has("full_attention") || parameters.has("sliding_attention");
    ConfigJson shape = nested ? json.without("rope_parameters") : json;
    ModelConfig plain = new PlainShape(1000000, 1e-6, true, 256).read(shape);
    int headDim = plain.shape().headDim();
    int positions = plain.maxPositions();
    double localTheta = json.positive("rope_local_base_freq", 10000);
    Rope local = Rope.plain(localTheta);
    Attention attention = plain.attention();
    if (nested) {
      String name = "rope_parameters.";
      Rope full =
          RopeScaling.read(
              json,
              name + "full_attention",
              parameters.path("full_attention"),
              1000000,
              headDim,
              positions);
      local =
          RopeScaling.read(
              json,
              name + "sliding_attention",
              parameters.path("sliding_attention"),
              localTheta,
              headDim,
              positions);
      attention = Attention.plain(full, plain.shape().layers(), headDim);
    }
    json.node("_sliding_window_pattern");
    int pattern = json.whole("sliding_window_pattern", Integer.MAX_VALUE, 6);
    double cap = cap(json, "attn_logit_softcapping", 0);
    ModelConfig config =
        common(json, plain.with(attention), pattern, cap, cap(json, "final_logit_softcapping", 0));
    List<Layer> layers =
        config.attention().layers().stream()
            .map(
                layer ->
                    new Layer(
                        layer.windowed(), layer.windowed() ? Positions.LOCAL_ROPE : Positions.ROPE))
            .toList();
    return config.with(
        config
            .attention()
            .withNorm(QueryKeyNorm.EACH_HEAD)
            .withLocalRope(local)
            .withLayers(config.attention().window(), layers));
  }

  /**
   * @param pattern every so many layers one sees everything
   */
  private static ModelConfig common(
      ConfigJson json, ModelConfig plain, int pattern, double cap, double logitCap) {
    json.choice("hidden_act", "gelu_pytorch_tanh");
    json.choice("hidden_activation", "gelu_pytorch_tanh");
    json.choice("use_bidirectional_attention", "false");
    int window = json.whole("sliding_window", Integer.MAX_VALUE, 4096);
    List<Layer> layers = LayerTypes.read(json, plain.shape().layers(), i -> (i + 1) % pattern != 0);
    boolean bias = json.flag("attention_bias", false);
    double scalar = json.positive("query_pre_attn_scalar", 256);
    return plain
        .with(
            LayerTypes.windowed(json, plain.attention(), window, layers)
                .withBias(bias, bias)
                .withScale(1 / Math.sqrt(scalar), cap))
        .with(new Block(true, true, true, false, Activation.GELU_TANH))
        .with(new Scales(Math.sqrt(plain.hiddenSize()), logitCap));
  }

  /** Null says that there is none; a field left out, that there is the usual one. */
  private static double cap(ConfigJson json, String name, double otherwise) {
    return json.node(name).isNull() ? 0 : json.positive(name, otherwise);
  }
}
