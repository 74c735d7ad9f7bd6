package dev.temper.trainers.data.raw;

import java.util.Optional;
import java.util.Set;

/** Arrow files are known by name, and refused with what to do. */
final class ArrowFormat implements RowFormat {

  @Override
  public void read(DataFile file, Optional<Set<String>> columns, RowSink sink) {
    sink.problem(
        file.name(), "is Arrow, which cannot be read; write it as Parquet, JSONL, JSON or CSV");
  }
}
