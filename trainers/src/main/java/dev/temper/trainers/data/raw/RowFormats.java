package dev.temper.trainers.data.raw;

import dev.temper.recipes.NearestName;
import dev.temper.trainers.StageFailure;
import java.util.List;
import java.util.Locale;

/** The formats of data files: one line each. */
final class RowFormats {

  /**
   * A format by its name.
   *
   * @param endings of names of files that have it
   */
  record Named(String name, List<String> endings, RowFormat format) {}

  private static final Named JSONL =
      new Named("jsonl", List.of(".jsonl", ".ndjson"), new JsonlFormat());

  private static final List<Named> KNOWN =
      List.of(
          JSONL,
          new Named("json", List.of(".json"), new JsonArrayFormat()),
          new Named("csv", List.of(".csv"), new CsvFormat()),
          new Named("parquet", List.of(".parquet"), new ParquetFormat()),
          new Named("arrow", List.of(".arrow", ".feather"), new ArrowFormat()));

  private RowFormats() {}

  /**
   * @throws StageFailure DataContract naming those that exist
   */
  static Named named(String name) {
    List<String> names = KNOWN.stream().map(Named::name).toList();
    return KNOWN.stream()
        .filter(known -> known.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new StageFailure(
                    StageFailure.Type.DATA_CONTRACT,
                    "format must be one of %s, got '%s'%s"
                        .formatted(names, name, NearestName.hint(name, names))));
  }

  /** The format that the name of a file tells; JSONL where it tells none. */
  static Named ofFile(String file) {
    String name = DataFile.unpacked(file).toLowerCase(Locale.ROOT);
    return KNOWN.stream()
        .filter(known -> known.endings().stream().anyMatch(name::endsWith))
        .findFirst()
        .orElse(JSONL);
  }
}
