package dev.temper.trainers.stage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** A table of numbers as comma-separated values; an empty text is an empty cell. */
final class CsvTable {
  private final StringBuilder text = new StringBuilder();
  private final int columns;

  CsvTable(String... columns) {
    this.columns = columns.length;
    text.append(String.join(",", columns)).append('\n');
  }

  /** Empty where there is no value. */
  static Object cell(Optional<Double> value) {
    return value.isPresent() ? value.get() : "";
  }

  void row(Object... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException(
          "a row must have %d cells, got %d".formatted(columns, cells.length));
    }
    text.append(Arrays.stream(cells).map(String::valueOf).collect(Collectors.joining(",")))
        .append('\n');
  }

  ByteBuffer bytes() {
    return ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
