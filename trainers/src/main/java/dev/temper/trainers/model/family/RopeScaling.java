package dev.temper.trainers.model.family;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The ways to stretch rotary positions: {@code rope_scaling}, which transformers 5 has in {@code
 * rope_parameters} together with the base.
 */
final class RopeScaling {

  private static final Map<String, Scaling> KNOWN =
      new TreeMap<>(
          Map.of(
              "default", new Scaling(Set.of(), Set.of(), (s, theta, plain) -> Rope.plain(theta)),
              "linear", new Scaling(Set.of("factor"), Set.of(), RopeScaling::linear),
              "llama3",
                  new Scaling(
                      Set.of(
                          "factor",
                          "low_freq_factor",
                          "high_freq_factor",
                          "original_max_position_embeddings"),
                      Set.of(),
                      RopeScaling::llama3),
              "yarn",
                  new Scaling(
                      Set.of("factor"),
                      Set.of(
                          "original_max_position_embeddings",
                          "attention_factor",
                          "beta_fast",
                          "beta_slow",
                          "mscale",
                          "mscale_all_dim",
                          "truncate"),
                      YarnScaling::rope)));

  private static final Set<String> NAMES = Set.of("rope_type", "type", "rope_theta");

  private RopeScaling() {}

  /** What a scaling reads, and how it makes the frequencies. */
  private record Scaling(Set<String> required, Set<String> optional, Method method) {}

  /** Frequencies from the fields of a scaling and the plain frequencies. */
  @FunctionalInterface
  interface Method {
    Rope rope(Fields fields, double theta, double[] plain);
  }

  /** The numbers of a scaling; those that may be left out are NaN then. */
  record Fields(JsonNode node, int maxPositions) {
    double number(String name) {
      return node.path(name).asDouble(Double.NaN);
    }

    double number(String name, double otherwise) {
      double value = number(name);
      return Double.isNaN(value) || value == 0 ? otherwise : value;
    }

    boolean flag(String name, boolean otherwise) {
      return node.path(name).asBoolean(otherwise);
    }
  }

  static Rope read(ConfigJson json, double defaultTheta, int headDim, int maxPositions) {
    double theta = json.positive("rope_theta", defaultTheta);
    JsonNode scaling = json.node("rope_scaling");
    JsonNode parameters = json.node("rope_parameters");
    return parameters.isObject()
        ? read(json, "rope_parameters", parameters, theta, headDim, maxPositions)
        : read(json, "rope_scaling", scaling, theta, headDim, maxPositions);
  }

  /**
   * @param name of the node, for messages
   */
  static Rope read(
      ConfigJson json, String name, JsonNode node, double theta, int headDim, int maxPositions) {
    double base = node.path("rope_theta").asDouble(theta);
    if (node.isMissingNode() || node.isNull()) {
      return Rope.plain(base);
    }
    String type = node.path("rope_type").asText(node.path("type").asText("default"));
    Scaling scaling = KNOWN.get(type);
    if (scaling == null) {
      json.problem("%s.rope_type must be one of %s, got %s".formatted(name, KNOWN.keySet(), type));
      return Rope.plain(base);
    }
    boolean sound = true;
    for (String field : scaling.required()) {
      if (!(node.path(field).asDouble(Double.NaN) > 0)) {
        json.problem("%s.%s must be a number > 0, got %s".formatted(name, field, node.get(field)));
        sound = false;
      }
    }
    for (String field : scaling.optional()) {
      JsonNode value = node.path(field);
      boolean fits = field.equals("truncate") ? value.isBoolean() : value.isNumber();
      if (node.hasNonNull(field) && !fits) {
        json.problem("%s.%s must be a number, got %s".formatted(name, field, value));
        sound = false;
      }
    }
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!NAMES.contains(field)
                  && !scaling.required().contains(field)
                  && !scaling.optional().contains(field)
                  && node.hasNonNull(field)) {
                json.problem(
                    "%s.%s is not known with rope_type %s, got %s"
                        .formatted(name, field, type, node.get(field)));
              }
            });
    if (!sound) {
      return Rope.plain(base);
    }
    return scaling.method().rope(new Fields(node, maxPositions), base, plain(base, headDim));
  }

  private static double[] plain(double theta, int headDim) {
    double[] frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(theta, -2.0 * i / headDim);
    }
    return frequencies;
  }

  private static Rope linear(Fields fields, double theta, double[] plain) {
    List<Double> frequencies = new ArrayList<>();
    for (double frequency : plain) {
      frequencies.add(frequency / fields.number("factor"));
    }
    return new Rope(theta, frequencies, 1);
  }

  /** Long waves are stretched, short ones are kept, and those between are a mixture. */
  private static Rope llama3(Fields fields, double theta, double[] plain) {
    double factor = fields.number("factor");
    double low = fields.number("low_freq_factor");
    double high = fields.number("high_freq_factor");
    double original = fields.number("original_max_position_embeddings");
    List<Double> frequencies = new ArrayList<>();
    for (double frequency : plain) {
      double length = 2 * Math.PI / frequency;
      if (length < original / high) {
        frequencies.add(frequency);
      } else if (length > original / low) {
        frequencies.add(frequency / factor);
      } else {
        double kept = (original / length - low) / (high - low);
        frequencies.add((1 - kept) * frequency / factor + kept * frequency);
      }
    }
    return new Rope(theta, frequencies, 1);
  }
}
