package dev.temper.trainers.data.raw;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Parquet, by DuckDB inside this process. Only the columns that are looked at are read. A value
 * that is null counts as absent: columns of a table are there in every row.
 */
final class ParquetFormat implements RowFormat {

  private static final String MEMORY = "1GB";

  private final ObjectReader json = JsonText.mapper().readerFor(JsonNode.class);

  @Override
  public void read(DataFile file, Optional<Set<String>> columns, RowSink sink) throws IOException {
    if (!Files.exists(file.path())) {
      throw new StageFailure(
          StageFailure.Type.DATA_CONTRACT,
          file.name() + ": no such file",
          new NoSuchFileException(file.path().toString()));
    }
    if (file.isPacked()) {
      sink.problem(file.name(), "is Parquet in gzip; Parquet packs its columns itself");
      return;
    }
    try (Connection database = open()) {
      List<String> there = columns(database, file);
      Set<String> wanted = columns.orElse(Set.copyOf(there));
      rows(database, file, there.stream().filter(wanted::contains).toList(), sink);
    } catch (SQLException e) {
      sink.problem(file.name(), "cannot be read as Parquet: " + reason(e));
    }
  }

  @Override
  public boolean nullIsAbsent() {
    return true;
  }

  private static Connection open() throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("jdbc_stream_results", "true");
    settings.setProperty("threads", "1");
    settings.setProperty("memory_limit", MEMORY);
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    try {
      return DriverManager.getConnection("jdbc:duckdb:", settings);
    } catch (SQLException e) {
      if (e.getMessage().startsWith("No suitable driver")) {
        throw new StageFailure(
            StageFailure.Type.DATA_CONTRACT,
            "Parquet needs org.duckdb:duckdb_jdbc, which this build leaves out",
            e);
      }
      throw e;
    }
  }

  private static List<String> columns(Connection database, DataFile file) throws SQLException {
    try (PreparedStatement describe =
        database.prepareStatement("SELECT * FROM read_parquet(?) LIMIT 0")) {
      describe.setString(1, path(file));
      try (ResultSet none = describe.executeQuery()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= none.getMetaData().getColumnCount(); i++) {
          columns.add(none.getMetaData().getColumnName(i));
        }
        return columns;
      }
    }
  }

  private void rows(Connection database, DataFile file, List<String> columns, RowSink sink)
      throws SQLException {
    if (columns.isEmpty()) {
      columns = columns(database, file);
    }
    String projection =
        columns.stream()
            .map(name -> "\"" + name.replace("\"", "\"\"") + "\"")
            .collect(Collectors.joining(", "));
    String query =
        "SELECT to_json(line)::VARCHAR FROM (SELECT %s FROM read_parquet(?)) line"
            .formatted(projection);
    try (Statement order = database.createStatement()) {
      order.execute("SET preserve_insertion_order = true");
    }
    try (PreparedStatement select = database.prepareStatement(query)) {
      select.setString(1, path(file));
      try (ResultSet rows = select.executeQuery()) {
        int number = 0;
        while (!sink.full() && rows.next()) {
          number++;
          row(rows.getString(1), file.name() + ", row " + number, sink);
        }
      }
    }
  }

  private void row(String text, String where, RowSink sink) {
    if (text.length() > RowSink.ROW_LIMIT) {
      sink.problem(where, RowSink.tooLong());
      return;
    }
    try {
      sink.row(where, json.readValue(text));
    } catch (JsonProcessingException e) {
      sink.problem(where, "has a value that is no JSON: " + JsonText.reason(e));
    }
  }

  /** What stands between wildcards of DuckDB is a path as it is. */
  private static String path(DataFile file) {
    return file.path().toAbsolutePath().toString().replaceAll("([\\[\\]*?])", "[$1]");
  }

  private static String reason(SQLException e) {
    return e.getMessage().lines().findFirst().orElse("");
  }
}
