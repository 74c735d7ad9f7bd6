package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.databind.JsonNode;

/** Takes the rows of a file one after the other. */
interface RowSink {

  /** The most that a row may take, in bytes or characters: what is longer is no row of text. */
  int ROW_LIMIT = 16 << 20;

  /**
   * A row, whatever it is.
   *
   * @param where {@code file:line} or {@code file, row number}
   */
  void row(String where, JsonNode row);

  /** A place that holds no row. */
  void problem(String where, String what);

  /** Whether no more rows are wanted. */
  boolean full();

  /** What is said of a row above the limit. */
  static String tooLong() {
    return "longer than the %d MiB that a row may take".formatted(ROW_LIMIT >> 20);
  }
}
