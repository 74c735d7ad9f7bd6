package dev.temper.infra.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A CSV file of numbers with a header line.
 *
 * @param columns names, in order
 * @param rows one array a line, as long as the header; NaN where a cell is empty
 */
record Table(List<String> columns, List<double[]> rows) {
  Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  static Table read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty()) {
      return new Table(List.of(), List.of());
    }
    List<String> columns = List.of(lines.get(0).split(",", -1));
    List<double[]> rows = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      double[] row = new double[columns.size()];
      for (int i = 0; i < row.length; i++) {
        row[i] =
            i < cells.length && !cells[i].isEmpty() ? Double.parseDouble(cells[i]) : Double.NaN;
      }
      rows.add(row);
    }
    return new Table(columns, rows);
  }

  boolean has(String column) {
    return columns.contains(column);
  }

  /** Values of a column, NaN for each row if there is no such column. */
  double[] column(String name) {
    int index = columns.indexOf(name);
    return IntStream.range(0, rows.size())
        .mapToDouble(i -> index < 0 ? Double.NaN : rows.get(i)[index])
        .toArray();
  }
}
