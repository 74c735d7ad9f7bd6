package dev.temper.trainers.stage;

import dev.temper.trainers.random.NamedRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Which rows each optimizer step trains on: epochs one after the other, each in its own random
 * order, cut into batches. A pure function of the step, so that the step is the whole data cursor.
 */
final class Batches {

  private final int rows;
  private final int batchSize;
  private final long totalRows;
  private final NamedRandom order;
  private long epoch = -1;
  private int[] permutation = {};

  private Batches(int rows, int batchSize, long totalRows, NamedRandom order) {
    this.rows = rows;
    this.batchSize = batchSize;
    this.totalRows = totalRows;
    this.order = order;
  }

  /** Every row {@code epochs} times; the last batch may be smaller. */
  static Batches epochs(int rows, int batchSize, double epochs, NamedRandom order) {
    return new Batches(rows, batchSize, Math.max(1, Math.round(epochs * rows)), order);
  }

  /** Full batches, as many as there are steps, over as many epochs as that takes. */
  static Batches steps(int rows, int batchSize, long steps, NamedRandom order) {
    return new Batches(rows, batchSize, Math.multiplyExact(steps, batchSize), order);
  }

  long totalSteps() {
    return (totalRows + batchSize - 1) / batchSize;
  }

  /** Indices of the rows of an optimizer step. */
  int[] at(long step) {
    long first = step * batchSize;
    int size = (int) Math.min(batchSize, totalRows - first);
    int[] batch = new int[size];
    for (int i = 0; i < size; i++) {
      batch[i] = row(first + i);
    }
    return batch;
  }

  private int row(long position) {
    if (position / rows != epoch) {
      epoch = position / rows;
      permutation = order.permutation(rows, epoch);
    }
    return permutation[(int) (position % rows)];
  }

  /** The rows in order, in pieces of at most {@code size}. */
  static <T> List<List<T>> cut(List<T> rows, int size) {
    List<List<T>> pieces = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += size) {
      pieces.add(rows.subList(from, Math.min(rows.size(), from + size)));
    }
    return pieces;
  }
}
