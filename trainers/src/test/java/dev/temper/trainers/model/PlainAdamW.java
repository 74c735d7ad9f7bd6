package dev.temper.trainers.model;

import dev.temper.recipes.OptimizerSpec;
import java.util.Map;
import java.util.TreeMap;

/** AdamW as plain loops in float64. */
final class PlainAdamW {

  private final OptimizerSpec spec;
  private final Map<String, double[]> weights = new TreeMap<>();
  private final Map<String, double[]> first = new TreeMap<>();
  private final Map<String, double[]> second = new TreeMap<>();
  private int steps;

  PlainAdamW(OptimizerSpec spec, Map<String, float[]> start) {
    this.spec = spec;
    adopt(start);
    weights.forEach(
        (name, values) -> {
          first.put(name, new double[values.length]);
          second.put(name, new double[values.length]);
        });
  }

  /** Goes on from these weights with the moments as they are. */
  void adopt(Map<String, float[]> now) {
    now.forEach(
        (name, values) -> {
          double[] wide = new double[values.length];
          for (int i = 0; i < wide.length; i++) {
            wide[i] = values[i];
          }
          weights.put(name, wide);
        });
  }

  Map<String, double[]> weights() {
    return weights;
  }

  /** Returns the norm before clipping. */
  double update(Map<String, float[]> gradients, double rate) {
    steps++;
    double squares = 0;
    for (float[] values : gradients.values()) {
      for (float value : values) {
        squares += (double) value * value;
      }
    }
    double norm = Math.sqrt(squares);
    double factor = Math.min(1, spec.maxGradientNorm() / (norm + 1e-6));
    for (Map.Entry<String, double[]> entry : weights.entrySet()) {
      String name = entry.getKey();
      double decay = name.contains("norm") ? 0 : spec.weightDecay();
      double[] w = entry.getValue();
      for (int i = 0; i < w.length; i++) {
        double g = gradients.get(name)[i] * factor;
        double[] m = first.get(name);
        double[] v = second.get(name);
        m[i] = spec.beta1() * m[i] + (1 - spec.beta1()) * g;
        v[i] = spec.beta2() * v[i] + (1 - spec.beta2()) * g * g;
        double corrected = m[i] / (1 - Math.pow(spec.beta1(), steps));
        double scale = Math.sqrt(v[i] / (1 - Math.pow(spec.beta2(), steps))) + spec.epsilon();
        w[i] -= rate * decay * w[i];
        w[i] -= rate * corrected / scale;
      }
    }
    return norm;
  }
}
