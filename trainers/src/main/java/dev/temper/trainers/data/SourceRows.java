package dev.temper.trainers.data;

import dev.temper.recipes.DataSource;
import dev.temper.trainers.Inputs;
import dev.temper.trainers.StageFailure;
import dev.temper.trainers.data.raw.Need;
import dev.temper.trainers.data.raw.RawRow;
import dev.temper.trainers.data.raw.RowReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All rows of a source before anything is made of them.
 *
 * @param rows at least one
 * @param leftOut rows left out because of what they are, by the reason
 */
record SourceRows(List<RawRow> rows, Map<String, Integer> leftOut, boolean onDisk) {

  /** What {@code rejection-sampling} leaves behind. */
  private static final String COMPLETIONS = "completions.jsonl";

  static SourceRows read(DataSource source, Need need, Inputs inputs, long heldBytes)
      throws IOException {
    if (source instanceof DataSource.Synthetic synthetic) {
      return new SourceRows(synthetic(synthetic, need), Map.of(), false);
    }
    if (source instanceof DataSource.Mixture mixture) {
      return mixture(mixture, need, inputs, heldBytes);
    }
    if (source instanceof DataSource.File file) {
      return file(file, need, inputs, heldBytes);
    }
    DataSource.Stage stage = (DataSource.Stage) source;
    RowStore rows = new RowStore(heldBytes);
    RowReader.ofStage(need)
        .read(
            inputs.folder(stage.input()).resolve(COMPLETIONS),
            stage.input().text() + "/" + COMPLETIONS,
            0,
            rows::add);
    return new SourceRows(rows, Map.of(), rows.onDisk());
  }

  private static SourceRows file(DataSource.File file, Need need, Inputs inputs, long heldBytes)
      throws IOException {
    RowStore rows = new RowStore(heldBytes);
    RowReader reader = RowReader.of(file.format(), file.shape(), file.columns(), need);
    Map<String, Integer> leftOut =
        new TreeMap<>(reader.read(inputs.file(file), file.file(), file.limit(), rows::add));
    if (need != Need.PAIRS) {
      return new SourceRows(rows, leftOut, rows.onDisk());
    }
    RowStore pairs = new RowStore(heldBytes);
    PairRows.of(file, rows, pairs, leftOut);
    if (pairs.isEmpty()) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          "%s: none of %d rows gives a pair: %s".formatted(file.file(), rows.size(), leftOut));
    }
    return new SourceRows(pairs, leftOut, pairs.onDisk());
  }

  private static SourceRows mixture(
      DataSource.Mixture mixture, Need need, Inputs inputs, long heldBytes) throws IOException {
    List<List<RawRow>> parts = new ArrayList<>();
    Map<String, Integer> leftOut = new TreeMap<>();
    boolean onDisk = false;
    for (DataSource.Part part : mixture.mixture()) {
      SourceRows read = read(part.source(), need, inputs, heldBytes / mixture.mixture().size());
      read.leftOut().forEach((reason, count) -> leftOut.merge(reason, count, Integer::sum));
      parts.add(read.rows());
      onDisk |= read.onDisk();
    }
    return new SourceRows(MixedRows.of(mixture, parts), leftOut, onDisk);
  }

  private static List<RawRow> synthetic(DataSource.Synthetic source, Need need) {
    List<RawRow> rows = SyntheticSources.rows(source);
    need.missing(rows.get(0))
        .ifPresent(
            field -> {
              throw new StageFailure(
                  StageFailure.Type.DATA_CONTRACT,
                  "synthetic '%s' has no %s; %s is needed here"
                      .formatted(source.synthetic(), field, need.description()));
            });
    return rows;
  }
}
