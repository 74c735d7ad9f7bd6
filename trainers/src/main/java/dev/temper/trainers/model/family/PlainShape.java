package dev.temper.trainers.model.family;

import java.util.List;

/**
 * Reads what all families have in common.
 *
 * @param tied whether the head is tied where the file says nothing
 * @param headDim of a head where the file says nothing; 0 for hidden size / heads
 */
record PlainShape(double ropeTheta, double rmsNormEps, boolean tied, int headDim) {
  private static final int MOST_LAYERS = 4096;
  private static final int MOST_HEADS = 4096;
  private static final int WIDEST = 1 << 20;
  private static final int MOST_TOKENS = 1 << 24;

  /** Llama and most that followed. */
  static final PlainShape LLAMA = new PlainShape(10000, 1e-6, false, 0);

  /** A plain Llama of these sizes, for a family to change. */
  ModelConfig read(ConfigJson json) {
    refuseWhatNoneHas(json);
    int width = json.whole("hidden_size", WIDEST);
    int heads = json.whole("num_attention_heads", MOST_HEADS);
    int kvHeads = json.whole("num_key_value_heads", MOST_HEADS, heads);
    if (heads % kvHeads != 0) {
      json.problem(
          "num_attention_heads must be divisible by num_key_value_heads, got %d and %d"
              .formatted(heads, kvHeads));
    }
    int size = json.whole("head_dim", WIDEST / 64, headDim > 0 ? headDim : width / heads);
    if (size % 2 != 0) {
      json.problem("head_dim must be even, got " + size);
    }
    int positions = json.whole("max_position_embeddings", Integer.MAX_VALUE, 2048);
    Shape shape =
        new Shape(
            json.whole("vocab_size", MOST_TOKENS),
            width,
            json.whole("intermediate_size", WIDEST),
            json.whole("num_hidden_layers", MOST_LAYERS),
            heads,
            kvHeads,
            size,
            json.positive("rms_norm_eps", rmsNormEps),
            json.flag("tie_word_embeddings", tied),
            positions);
    ModelConfig plain = ModelConfig.llama(shape, ropeTheta, tokens(json));
    return plain.with(
        Attention.plain(RopeScaling.read(json, ropeTheta, size, positions), shape.layers(), size));
  }

  private static Tokens tokens(ConfigJson json) {
    List<Integer> ends = json.tokens("eos_token_id");
    int first = ends.isEmpty() ? -1 : ends.get(0);
    return new Tokens(one(json, "bos_token_id", -1), ends, one(json, "pad_token_id", first));
  }

  private static int one(ConfigJson json, String name, int otherwise) {
    List<Integer> ids = json.tokens(name);
    if (ids.size() > 1) {
      json.problem("%s must be one token id, got %s".formatted(name, ids));
    }
    return ids.isEmpty() ? otherwise : ids.get(0);
  }

  private static void refuseWhatNoneHas(ConfigJson json) {
    json.choice("quantization_config", "null");
    json.choice("partial_rotary_factor", "1.0", "1");
    json.choice("rope_interleaved", "false");
    json.choice("is_encoder_decoder", "false");
    json.choice("add_cross_attention", "false");
    json.choice("tie_encoder_decoder", "false");
    json.choice("pruned_heads", "{}");
  }
}
