package dev.temper.trainers.method;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.temper.trainers.Compute;
import dev.temper.trainers.model.Engine;
import java.util.Arrays;

/** Float64 arrays from and to plain ones; closing this frees them. */
final class Arrays64 implements AutoCloseable {

  private final Compute compute = new Compute(1);
  private final NDManager manager = new Engine(compute).newManager();

  NDArray vector(double[] values) {
    return manager.create(values);
  }

  /** {@code [rows, columns]}. */
  NDArray matrix(double[][] rows) {
    long columns = rows.length == 0 ? 0 : rows[0].length;
    double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return manager.create(flat, new Shape(rows.length, columns));
  }

  static double[][] rows(NDArray matrix) {
    int rows = (int) matrix.getShape().get(0);
    int columns = (int) matrix.getShape().get(1);
    double[] flat = matrix.toDoubleArray();
    double[][] copy = new double[rows][];
    for (int row = 0; row < rows; row++) {
      copy[row] = Arrays.copyOfRange(flat, row * columns, (row + 1) * columns);
    }
    return copy;
  }

  @Override
  public void close() {
    manager.close();
    compute.close();
  }
}
