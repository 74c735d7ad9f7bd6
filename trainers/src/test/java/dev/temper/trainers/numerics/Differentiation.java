package dev.temper.trainers.numerics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import dev.temper.trainers.Compute;
import dev.temper.trainers.model.Engine;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Gradients by the engine and by central differences. */
public final class Differentiation {

  private static final double STEP = 1e-5;

  private Differentiation() {}

  /** A manager of arrays, from the engine as the program sets it up. */
  public static NDManager newManager() {
    return new Engine(new Compute(1)).newManager();
  }

  /** A {@code [rows, columns]} float64 array. */
  public static NDArray array(NDManager manager, double[][] values) {
    int columns = values.length == 0 ? 0 : values[0].length;
    double[] flat = new double[values.length * columns];
    for (int row = 0; row < values.length; row++) {
      System.arraycopy(values[row], 0, flat, row * columns, columns);
    }
    return manager.create(flat, new Shape(values.length, columns));
  }

  /** The engine's gradient of {@code scalar} at {@code at}. */
  public static double[] byEngine(
      NDManager manager, NDArray at, Function<NDArray, NDArray> scalar) {
    NDArray leaf = at.duplicate();
    leaf.attach(manager);
    leaf.setRequiresGradient(true);
    try (GradientCollector collector = ai.djl.engine.Engine.getInstance().newGradientCollector()) {
      collector.backward(scalar.apply(leaf));
    }
    return leaf.getGradient().toDoubleArray();
  }

  /** Central differences of {@code scalar} at {@code at}. */
  public static double[] byDifferences(double[] at, ToDoubleFunction<double[]> scalar) {
    double[] gradient = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      double[] moved = at.clone();
      moved[i] = at[i] + STEP;
      double up = scalar.applyAsDouble(moved);
      moved[i] = at[i] - STEP;
      double down = scalar.applyAsDouble(moved);
      gradient[i] = (up - down) / (2 * STEP);
    }
    return gradient;
  }

  /** Asserts that two gradients agree to 1e-7 of the largest entry (or of 1). */
  public static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double scale = 1;
    for (double value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("entry %d", i).isCloseTo(expected[i], within(1e-7 * scale));
    }
  }
}
