package dev.temper.trainers.data.raw;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** How bytes hold rows. */
interface RowFormat {

  /**
   * Reads rows in order until the sink is full.
   *
   * @param columns those that will be looked at; empty for all
   */
  void read(DataFile file, Optional<Set<String>> columns, RowSink sink) throws IOException;

  /** Whether a value that is null only says that a table has a column for it. */
  default boolean nullIsAbsent() {
    return false;
  }
}
