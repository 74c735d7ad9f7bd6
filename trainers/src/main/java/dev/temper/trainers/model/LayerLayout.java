package dev.temper.trainers.model;

import dev.temper.trainers.model.Parameter.Part;
import dev.temper.trainers.model.family.Attention.QueryKeyNorm;
import dev.temper.trainers.model.family.ModelConfig;
import dev.temper.trainers.model.family.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which weights a layer of a model has, and where the programs find them. */
final class LayerLayout {

  /** Places in a layer, in the order of {@code transformer.py}. */
  private enum Place {
    INPUT_NORM,
    QKV,
    QKV_BIAS,
    QUERY_NORM,
    KEY_NORM,
    OUTPUT,
    OUTPUT_BIAS,
    OUTPUT_NORM,
    FEED_NORM,
    GATE_UP,
    GATE_UP_BIAS,
    DOWN,
    DOWN_BIAS,
    DOWN_NORM
  }

  /** Places in a layer of folded weights, in the order of {@code generation.py}. */
  private static final List<Place> FOLDED =
      List.of(
          Place.QKV,
          Place.OUTPUT,
          Place.GATE_UP,
          Place.DOWN,
          Place.QKV_BIAS,
          Place.QUERY_NORM,
          Place.KEY_NORM,
          Place.OUTPUT_BIAS,
          Place.OUTPUT_NORM,
          Place.GATE_UP_BIAS,
          Place.DOWN_BIAS,
          Place.DOWN_NORM);

  private final ModelConfig config;
  private final List<Place> places;

  LayerLayout(ModelConfig config) {
    this.config = config;
    this.places = List.of(Place.values()).stream().filter(this::has).toList();
  }

  private boolean has(Place place) {
    return switch (place) {
      case INPUT_NORM, FEED_NORM -> config.block().normBefore();
      case OUTPUT_NORM, DOWN_NORM -> config.block().normAfter();
      case QKV, OUTPUT, GATE_UP, DOWN -> true;
      case QUERY_NORM, KEY_NORM -> config.attention().norm() != QueryKeyNorm.NONE;
      case QKV_BIAS -> config.attention().bias();
      case OUTPUT_BIAS -> config.attention().outputBias();
      case GATE_UP_BIAS, DOWN_BIAS -> config.block().feedForwardBias();
    };
  }

  /** Adds where each weight stands in a layer, -1 for those that the model has not. */
  void addConstants(Map<String, Object> constants) {
    List<Place> folded = FOLDED.stream().filter(places::contains).toList();
    constants.put("stride", places.size());
    constants.put("folded_stride", folded.size());
    for (Place place : Place.values()) {
      String name = place.name().toLowerCase(Locale.ROOT);
      constants.put(name, places.indexOf(place));
      constants.put("folded_" + name, folded.indexOf(place));
    }
  }

  /** Weights of one layer. */
  List<Parameter> parameters(int layer) {
    List<Parameter> all = new ArrayList<>();
    places.forEach(place -> all.add(parameter(place, "model.layers." + layer + ".")));
    return all;
  }

  private Parameter parameter(Place place, String layer) {
    Shape shape = config.shape();
    int width = shape.hiddenSize();
    int queries = shape.heads() * shape.headDim();
    int keys = shape.kvHeads() * shape.headDim();
    boolean each = config.attention().norm() == QueryKeyNorm.EACH_HEAD;
    boolean both = config.block().normBefore() && config.block().normAfter();
    return switch (place) {
      case INPUT_NORM -> Parameter.one(layer + "input_layernorm.weight", width, 0);
      case QKV -> qkv(layer, "weight", width);
      case QKV_BIAS -> qkv(layer, "bias", 0);
      case QUERY_NORM ->
          Parameter.one(layer + "self_attn.q_norm.weight", each ? shape.headDim() : queries, 0);
      case KEY_NORM ->
          Parameter.one(layer + "self_attn.k_norm.weight", each ? shape.headDim() : keys, 0);
      case OUTPUT -> Parameter.one(layer + "self_attn.o_proj.weight", width, queries);
      case OUTPUT_BIAS -> Parameter.one(layer + "self_attn.o_proj.bias", width, 0);
      case OUTPUT_NORM -> Parameter.one(layer + "post_attention_layernorm.weight", width, 0);
      case FEED_NORM ->
          Parameter.one(
              layer + (both ? "pre_feedforward" : "post_attention") + "_layernorm.weight",
              width,
              0);
      case GATE_UP -> gateUp(layer, "weight", width);
      case GATE_UP_BIAS -> gateUp(layer, "bias", 0);
      case DOWN -> Parameter.one(layer + "mlp.down_proj.weight", width, shape.intermediateSize());
      case DOWN_BIAS -> Parameter.one(layer + "mlp.down_proj.bias", width, 0);
      case DOWN_NORM -> Parameter.one(layer + "post_feedforward_layernorm.weight", width, 0);
    };
  }

  private Parameter qkv(String layer, String kind, int columns) {
    int queries = config.shape().heads() * config.shape().headDim();
    int keys = config.shape().kvHeads() * config.shape().headDim();
    String name = layer + "self_attn.";
    return new Parameter(
        name + "qkv_proj." + kind,
        List.of(
            new Part(name + "q_proj." + kind, queries),
            new Part(name + "k_proj." + kind, keys),
            new Part(name + "v_proj." + kind, keys)),
        columns);
  }

  private Parameter gateUp(String layer, String kind, int columns) {
    int inner = config.shape().intermediateSize();
    return new Parameter(
        layer + "mlp.gate_up_proj." + kind,
        List.of(
            new Part(layer + "mlp.gate_proj." + kind, inner),
            new Part(layer + "mlp.up_proj." + kind, inner)),
        columns);
  }
}
