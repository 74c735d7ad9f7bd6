package dev.temper.trainers.stage;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** Means of what rows have. */
final class RowMeans {
  private RowMeans() {}

  /** 0 without rows. */
  static <T> double of(List<T> rows, ToDoubleFunction<? super T> value) {
    return rows.stream().mapToDouble(value).average().orElse(0);
  }
}
