package dev.temper.trainers.data.raw;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a file of a test. */
record Reading(List<RawRow> rows, Map<String, Integer> leftOut) {

  static Reading of(Path file, Need need) throws IOException {
    return of(file, RowReader.of(Optional.empty(), Optional.empty(), Optional.empty(), need), 0);
  }

  static Reading of(Path file, RowReader reader, int limit) throws IOException {
    List<RawRow> rows = new ArrayList<>();
    Map<String, Integer> leftOut =
        reader.read(file, file.getFileName().toString(), limit, rows::add);
    return new Reading(rows, leftOut);
  }
}
