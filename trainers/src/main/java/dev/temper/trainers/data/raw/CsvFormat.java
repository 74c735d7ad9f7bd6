package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Comma-separated values as RFC 4180 has them, UTF-8, with the names of the columns first. */
final class CsvFormat implements RowFormat {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final CsvMapper csv =
      CsvMapper.builder(
              CsvFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(RowSink.ROW_LIMIT).build())
                  .build())
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  @Override
  public void read(DataFile file, Optional<Set<String>> columns, RowSink sink) throws IOException {
    int row = 0;
    try (RowLimitReader text = RowLimitReader.of(file.open());
        MappingIterator<String[]> rows = csv.readerFor(String[].class).readValues(text)) {
      if (!rows.hasNextValue()) {
        return;
      }
      String[] names = names(rows.nextValue());
      if (new HashSet<>(java.util.List.of(names)).size() < names.length) {
        sink.problem(file.name(), "names a column twice: " + String.join(", ", names));
        return;
      }
      while (!sink.full() && rows.hasNextValue()) {
        String[] values = rows.nextValue();
        row++;
        row(names, values, where(file, row), sink);
        text.rowEnded();
      }
    } catch (IOException e) {
      sink.problem(where(file, row + 1), JsonText.problem(e, "CSV"));
    }
  }

  private static String[] names(String[] first) {
    if (first.length > 0 && first[0].startsWith(BYTE_ORDER_MARK)) {
      first[0] = first[0].substring(BYTE_ORDER_MARK.length());
    }
    return first;
  }

  private static void row(String[] names, String[] values, String where, RowSink sink) {
    if (values.length != names.length) {
      sink.problem(where, "must have %d values, got %d".formatted(names.length, values.length));
      return;
    }
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < names.length; i++) {
      row.put(names[i], values[i]);
    }
    sink.row(where, row);
  }

  private static String where(DataFile file, int row) {
    return file.name() + ", row " + row;
  }
}
