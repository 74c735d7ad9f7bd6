package dev.temper.trainers.model;

import dev.temper.recipes.OptimizerSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adafactor as plain loops in float64. */
final class PlainAdafactor {

  private final OptimizerSpec spec;
  private final List<Parameter> parameters;
  private final Map<String, double[]> rows = new TreeMap<>();
  private final Map<String, double[]> columns = new TreeMap<>();
  private int steps;

  PlainAdafactor(OptimizerSpec spec, List<Parameter> parameters) {
    this.spec = spec;
    this.parameters = parameters;
    for (Parameter parameter : parameters) {
      rows.put(parameter.name(), new double[parameter.rows()]);
      columns.put(parameter.name(), new double[Math.max(1, parameter.columns())]);
    }
  }

  /** The weights after one step. */
  Map<String, double[]> updated(
      Map<String, float[]> weights, Map<String, float[]> gradients, double rate) {
    steps++;
    double kept = 1 - Math.pow(steps, -0.8);
    Map<String, double[]> updated = new TreeMap<>();
    for (Parameter parameter : parameters) {
      String name = parameter.name();
      float[] w = weights.get(name);
      double[] u = update(parameter, gradients.get(name), kept);
      double squares = 0;
      for (double value : u) {
        squares += value * value;
      }
      double clip = Math.max(1, Math.sqrt(squares / u.length));
      double decay = parameter.matrix() ? spec.weightDecay() : 0;
      double[] next = new double[w.length];
      for (int i = 0; i < w.length; i++) {
        next[i] = w[i] * (1 - rate * decay) - rate * u[i] / clip;
      }
      updated.put(name, next);
    }
    return updated;
  }

  private double[] update(Parameter parameter, float[] g, double kept) {
    int width = Math.max(1, parameter.columns());
    double[] r = rows.get(parameter.name());
    double[] c = columns.get(parameter.name());
    double[] rowSums = new double[r.length];
    double[] columnSums = new double[width];
    for (int i = 0; i < g.length; i++) {
      double square = (double) g[i] * g[i] + 1e-30;
      rowSums[i / width] += square / width;
      columnSums[i % width] += square / r.length;
    }
    double mean = 0;
    for (int i = 0; i < r.length; i++) {
      r[i] = kept * r[i] + (1 - kept) * rowSums[i];
      mean += r[i] / r.length;
    }
    for (int i = 0; i < width; i++) {
      c[i] = kept * c[i] + (1 - kept) * columnSums[i];
    }
    double[] u = new double[g.length];
    for (int i = 0; i < g.length; i++) {
      u[i] =
          parameter.matrix()
              ? g[i] / Math.sqrt(r[i / width] / mean) / Math.sqrt(c[i % width])
              : g[i] / Math.sqrt(r[i]);
    }
    return u;
  }
}
