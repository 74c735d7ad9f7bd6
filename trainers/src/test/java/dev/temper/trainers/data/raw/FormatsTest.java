package dev.temper.trainers.data.raw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.temper.trainers.StageFailure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FormatsTest {

  private static final RawRow FIRST = RawRow.demonstration("", "a, \"b\"\nc", "d\u00e9", Map.of());
  private static final RawRow SECOND = RawRow.demonstration("", "e", "f", Map.of());

  @TempDir Path folder;

  @Test
  void everyFormatGivesTheSameRows() throws Exception {
    String first = "{\"prompt\": \"a, \\\"b\\\"\\nc\", \"completion\": \"d\u00e9\"}";
    String second = "{\"prompt\": \"e\", \"completion\": \"f\"}";
    Files.writeString(folder.resolve("a.jsonl"), first + "\n" + second);
    Files.writeString(folder.resolve("a.json"), "[" + first + ", " + second + "]\n");
    Files.writeString(
        folder.resolve("a.csv"),
        "\uFEFFprompt,completion\r\n\"a, \"\"b\"\"\nc\",d\u00e9\r\n\r\ne,f\r\n");
    pack("a.jsonl.gz", first + "\n" + second);
    pack("a.csv.gz", "completion,prompt\nd\u00e9,\"a, \"\"b\"\"\nc\"\nf,e\n");
    parquet(
        "a.parquet",
        "SELECT 'a, \"b\"' || chr(10) || 'c' AS prompt, 'd\u00e9' AS completion, NULL AS note"
            + " UNION ALL SELECT 'e', 'f', NULL");

    for (String name :
        List.of("a.jsonl", "a.json", "a.csv", "a.jsonl.gz", "a.csv.gz", "a.parquet")) {
      assertThat(read(name, Need.ROWS).rows())
          .as(name)
          .extracting(
              row ->
                  RawRow.demonstration("", row.prompt().get(), row.completion().get(), row.facts()))
          .containsExactly(FIRST, SECOND);
      assertThat(limited(name, 1).rows()).as(name).hasSize(1);
    }
  }

  @Test
  void parquetHoldsListsAndNumbersAndOnlyNamedColumnsAreRead() throws Exception {
    parquet(
        "p.parquet",
        "SELECT [{'role': 'user', 'content': 'a'}, {'role': 'assistant', 'content': 'b'}]"
            + " AS messages, 3 AS level, repeat('x', 99) AS large");
    RawRow row = read("p.parquet", Need.ROWS).rows().get(0);
    assertThat(row.prompt()).contains("a");
    assertThat(row.completion()).contains("b");
    assertThat(row.facts()).containsEntry("level", "3");
    RowReader some =
        RowReader.of(
            Optional.empty(),
            Optional.empty(),
            Optional.of(Map.of("messages", "messages")),
            Need.ROWS);
    assertThat(Reading.of(folder.resolve("p.parquet"), some, 0).rows().get(0).facts()).isEmpty();
  }

  @Test
  void parquetWithOtherColumnsIsRefusedByThem() throws Exception {
    parquet("p.parquet", "SELECT 'a' AS promt, 'b' AS completion");
    assertRefused("p.parquet", Need.ROWS, "p.parquet, row 1: 'prompt' is missing");
    parquet("q.parquet", "SELECT 'a' AS x");
    assertRefused(
        "q.parquet", Need.ROWS, "q.parquet, row 1: has the fields [x], which is no known");
  }

  @Test
  void bytesThatAreNoParquetAreRefused() throws IOException {
    Files.writeString(folder.resolve("p.parquet"), "PAR1, or so");
    assertRefused("p.parquet", Need.ROWS, "p.parquet: cannot be read as Parquet: ");
    assertRefused("none.parquet", Need.ROWS, "none.parquet: no such file");
    Files.writeString(folder.resolve("a.arrow"), "ARROW1");
    assertRefused("a.arrow", Need.ROWS, "a.arrow: is Arrow, which cannot be read; write it as");
  }

  @Test
  void aFolderIsReadInTheOrderOfItsNames() throws IOException {
    Path shards = Files.createDirectories(folder.resolve("shards/deep"));
    document(shards.resolve("../b.jsonl"), "two");
    document(shards.resolve("../a.jsonl"), "one");
    document(shards.resolve("c.jsonl"), "three");
    document(shards.resolve("../.hidden.jsonl"), "never");
    document(shards.resolve("../_SUCCESS"), "never");
    Reading read = read("shards", Need.DOCUMENTS);
    assertThat(read.rows())
        .extracting(row -> row.text().orElseThrow())
        .containsExactly("one", "two", "three");
    assertThat(read.rows().get(2).where()).isEqualTo("shards/deep/c.jsonl:1");
    assertThat(limited("shards", 2).rows()).hasSize(2);

    document(shards.resolve("../d.csv"), "x");
    assertRefused(
        "shards",
        Need.DOCUMENTS,
        "the files of a folder must have one format, got {csv=shards/d.csv, jsonl=shards/a.jsonl}");
    Files.createDirectory(folder.resolve("empty"));
    assertRefused("empty", Need.DOCUMENTS, "empty: is a folder without a file");
  }

  @Test
  void aLineThatNeverEndsIsRefusedAndNotHeld() throws IOException {
    try (Writer out = Files.newBufferedWriter(folder.resolve("a.jsonl"))) {
      out.write("{\"text\": \"ok\"}\n{\"text\": \"");
      String mebibyte = "x".repeat(1 << 20);
      for (int i = 0; i < 50; i++) {
        out.write(mebibyte);
      }
      out.write("\"}\n{\"text\": 3}\n");
    }
    assertRefused(
        "a.jsonl",
        Need.DOCUMENTS,
        "a.jsonl:2: longer than the 16 MiB that a row may take; a.jsonl:3: 'text' must be a string");
    try (Writer out = Files.newBufferedWriter(folder.resolve("a.csv"))) {
      out.write("text\n\"");
      out.write("x,".repeat(20 << 20));
    }
    assertRefused("a.csv", Need.DOCUMENTS, "a.csv, row 1: ");
    try (Writer out = Files.newBufferedWriter(folder.resolve("a.json"))) {
      out.write("[{\"text\": \"a\"}, {\"x\": [");
      out.write("1,".repeat(10 << 20));
    }
    assertRefused("a.json", Need.DOCUMENTS, "a.json, row 2: longer than the 16 MiB");
  }

  @Test
  void whatIsNotTextIsNamedInEveryFormat() throws IOException {
    Files.write(
        folder.resolve("a.json"), "[{\"text\": \"\u00e9\"}]".getBytes(StandardCharsets.ISO_8859_1));
    Files.write(folder.resolve("a.csv"), "text\n\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused("a.json", Need.DOCUMENTS, "a.json, row 1: or one of the next is not UTF-8");
    assertRefused("a.csv", Need.DOCUMENTS, "a.csv, row 1: or one of the next is not UTF-8");
  }

  @Test
  void brokenTablesAreNamedByTheirRow() throws IOException {
    Files.writeString(folder.resolve("a.csv"), "prompt,completion\na,b\nc\n");
    assertRefused("a.csv", Need.ROWS, "a.csv, row 2: must have 2 values, got 1");
    Files.writeString(folder.resolve("a.csv"), "prompt,prompt\na,b\n");
    assertRefused("a.csv", Need.ROWS, "a.csv: names a column twice: prompt, prompt");
    Files.writeString(folder.resolve("a.json"), "[{\"text\": \"a\"}, {\"text\": ]");
    assertRefused("a.json", Need.DOCUMENTS, "a.json, row 2: not JSON: ");
    Files.writeString(folder.resolve("a.json"), "{\"text\": \"a\"}");
    assertRefused("a.json", Need.DOCUMENTS, "a.json: must be one JSON array; lines of objects");
    Files.writeString(folder.resolve("a.json"), "[]");
    assertRefused("a.json", Need.DOCUMENTS, "a.json: is empty");
    Files.writeString(folder.resolve("a.jsonl.gz"), "{\"text\": \"a\"}");
    assertRefused("a.jsonl.gz", Need.DOCUMENTS, "a.jsonl.gz: cannot be unpacked: Not in GZIP");
    pack("b.jsonl.gz", "{\"text\": \"a\"}\n");
    byte[] whole = Files.readAllBytes(folder.resolve("b.jsonl.gz"));
    Files.write(folder.resolve("b.jsonl.gz"), java.util.Arrays.copyOf(whole, whole.length - 4));
    assertRefused("b.jsonl.gz", Need.DOCUMENTS, "b.jsonl.gz: cannot be unpacked: ");
  }

  @Test
  void anIdThatStandsTwiceIsRefused() throws IOException {
    Files.writeString(
        folder.resolve("a.jsonl"),
        "{\"id\": 1, \"text\": \"a\"}\n{\"id\": 2, \"text\": \"b\"}\n{\"id\": 1, \"text\": \"c\"}\n");
    assertRefused("a.jsonl", Need.DOCUMENTS, "a.jsonl:3: 'id' 1 stands at a.jsonl:1 already");
  }

  @Test
  void aFormatIsNamedWhereTheEndingIsAnother() throws IOException {
    Files.writeString(folder.resolve("rows.txt"), "text\na\n");
    RowReader csv =
        RowReader.of(Optional.of("csv"), Optional.empty(), Optional.empty(), Need.DOCUMENTS);
    assertThat(Reading.of(folder.resolve("rows.txt"), csv, 0).rows()).hasSize(1);
    assertThatThrownBy(
            () -> RowReader.of(Optional.of("cvs"), Optional.empty(), Optional.empty(), Need.ROWS))
        .hasMessageContaining(
            "format must be one of [jsonl, json, csv, parquet, arrow], got 'cvs'");
  }

  private static void document(Path file, String text) throws IOException {
    Files.writeString(file, "{\"text\": \"" + text + "\"}\n");
  }

  private void pack(String name, String text) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(folder.resolve(name)))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void parquet(String name, String select) throws SQLException {
    try (Connection database = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = database.createStatement()) {
      statement.execute(
          "COPY (%s) TO '%s' (FORMAT parquet)".formatted(select, folder.resolve(name)));
    }
  }

  private Reading read(String name, Need need) throws IOException {
    return Reading.of(folder.resolve(name), need);
  }

  private Reading limited(String name, int limit) throws IOException {
    return Reading.of(
        folder.resolve(name),
        RowReader.of(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            name.equals("shards") ? Need.DOCUMENTS : Need.ROWS),
        limit);
  }

  private void assertRefused(String name, Need need, String message) {
    assertThatThrownBy(() -> read(name, need))
        .isInstanceOfSatisfying(
            StageFailure.class,
            e -> assertThat(e.type()).isEqualTo(StageFailure.Type.DATA_CONTRACT))
        .hasMessageContaining(message);
  }
}
